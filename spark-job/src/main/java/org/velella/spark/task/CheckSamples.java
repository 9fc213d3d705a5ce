package org.velella.spark.task;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.velella.spark.frame.SampleKey;
import scala.Tuple2;

/**
 * Decodes the samples of some ranges, and computes nothing: finds those that could not be
 * simulated.
 */
public final class CheckSamples
    implements FlatMapFunction<Iterator<Tuple2<SampleKey, byte[]>>, String> {
  private static final long serialVersionUID = 1L;

  private final int width;
  private final long steps;
  private final int most;

  /**
   * @param width input elements of the network
   * @param steps that are to be simulated
   * @param most how many samples a task names; one is enough to know that there is any
   */
  public CheckSamples(int width, long steps, int most) {
    this.width = width;
    this.steps = steps;
    this.most = most;
  }

  /** What is wrong with the first bad samples of a partition, in words. */
  @Override
  public Iterator<String> call(Iterator<Tuple2<SampleKey, byte[]>> fragments) {
    List<String> bad = new ArrayList<>();
    RangeReader inputs = new RangeReader(fragments, width, steps);
    while (inputs.hasNext() && bad.size() < most) {
      for (RangeInput.Failure failure : inputs.next().failures()) {
        if (bad.size() < most) {
          bad.add(failure.text());
        }
      }
    }
    return bad.iterator();
  }
}
