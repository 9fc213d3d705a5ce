package org.velella.spark.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.velella.spark.frame.BadSampleException;
import org.velella.spark.frame.Fragment;
import org.velella.spark.frame.SampleInput;

/** Inputs of ranges for tests. */
final class RangeInputs {
  private RangeInputs() {}

  /** The first so many samples. */
  static List<Integer> first(int samples) {
    return IntStream.range(0, samples).boxed().toList();
  }

  /** Good samples, of which each has the values of all steps. */
  static RangeInput of(List<Integer> samples, int steps, IntFunction<float[]> values) {
    List<SampleInput> inputs = new ArrayList<>();
    for (int sample : samples) {
      float[] own = values.apply(sample);
      List<Fragment> fragments = List.of(Fragment.of(Fragment.values(own)));
      try {
        inputs.add(SampleInput.of(sample, fragments, own.length / steps, steps));
      } catch (BadSampleException e) {
        throw new IllegalStateException(e);
      }
    }
    return new RangeInput(0, inputs, List.of());
  }
}
