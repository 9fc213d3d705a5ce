package org.velella.rate;

import java.util.Arrays;
import org.velella.tensor.Shape;

/**
 * By what a node's values must be multiplied to be those of the dense network: one number, or one
 * for each index of the first axis.
 */
record LayerScale(double[] values) {
  static final LayerScale ONE = new LayerScale(new double[] {1});

  /** The scale of an index of the first axis. */
  double at(int index) {
    return values[values.length == 1 ? 0 : index];
  }

  boolean isOne() {
    return Arrays.stream(values).allMatch(value -> value == 1);
  }

  boolean same(LayerScale other) {
    return Arrays.equals(values, other.values);
  }

  /** Whether it is the same for all indices. */
  boolean isUniform() {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /** One number for all indices, of which each has this one. */
  LayerScale ofAll() {
    return new LayerScale(new double[] {values[0]});
  }

  /** Each value repeated, as it is where the axes behind the first one join it. */
  LayerScale repeated(int times) {
    if (values.length == 1) {
      return this;
    }
    double[] repeated = new double[values.length * times];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = values[i / times];
    }
    return new LayerScale(repeated);
  }

  /**
   * This divided by another one, rounded once, under a shape that broadcasts to {@code features}.
   */
  float[] over(LayerScale other) {
    float[] factors = new float[Math.max(values.length, other.values.length)];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (at(i) / other.at(i));
    }
    return factors;
  }

  /** The shape of one number for each index of the first axis. */
  static Shape shape(int count, Shape features) {
    if (count == 1) {
      return Shape.SCALAR;
    }
    int[] dims = new int[features.rank()];
    Arrays.fill(dims, 1);
    dims[0] = count;
    return Shape.of(dims);
  }
}
