package org.velella.simulate;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A number, or one for each output neuron, that is kept for every sample over a run.
 *
 * @param shape of one sample's
 * @param initial before the first step
 */
public record Statistic(String name, DType dtype, Shape shape, long initial) {
  /** The values of so many fresh samples {@code [N, *]}. */
  Tensor fresh(int samples) {
    Shape all = shape.prepend(samples);
    if (dtype == DType.INT32) {
      int[] values = new int[all.size()];
      java.util.Arrays.fill(values, (int) initial);
      return Tensor.of(all, values);
    }
    long[] values = new long[all.size()];
    java.util.Arrays.fill(values, initial);
    return Tensor.of(all, values);
  }
}
