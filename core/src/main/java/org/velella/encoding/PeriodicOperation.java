package org.velella.encoding;

import java.util.List;
import org.velella.module.MemorySpec;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Repeats given spikes, whatever its input is. The memory {@code t} is the place in the cycle, one
 * INT64 number for all samples.
 *
 * @param pattern float32 {@code [T, *]} of zeros and ones, the same for every sample
 */
public record PeriodicOperation(Tensor pattern) implements EncoderOperation {
  public PeriodicOperation {
    if (pattern.dtype() != DType.FLOAT32
        || pattern.shape().rank() == 0
        || pattern.shape().dim(0) == 0) {
      throw new IllegalArgumentException(
          "A periodic encoder needs a float32 pattern [T, *] of at least one step, found %s %s"
              .formatted(pattern.dtype(), pattern.shape()));
    }
    float[] values = pattern.floats();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0 && values[i] != 1) {
        throw new IllegalArgumentException(
            "A periodic encoder's pattern holds 0 and 1, found %s at flat index %d"
                .formatted(values[i], i));
      }
    }
  }

  /** T, the steps of a cycle. */
  public int steps() {
    return pattern.shape().dim(0);
  }

  @Override
  public String kind() {
    return "PeriodicEncoder";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!input.equals(pattern.shape().dropFirst(1))) {
      throw new IllegalArgumentException(
          "PeriodicEncoder with pattern %s cannot take input of shape %s"
              .formatted(pattern.shape(), input));
    }
    return input;
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    return List.of(MemorySpec.counter(CycleOperation.PLACE, steps() - 1));
  }
}
