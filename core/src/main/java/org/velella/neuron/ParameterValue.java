package org.velella.neuron;

import org.velella.tensor.Broadcast;
import org.velella.tensor.Shape;

/**
 * The value of one neuron parameter, in float64: one number, or one per neuron under a shape that
 * broadcasts to the neuron's feature shape. Values that differ between samples are bound per tile
 * and not part of a network.
 */
public final class ParameterValue {
  private final Shape shape;
  private final double[] values;

  private ParameterValue(Shape shape, double[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** One value for all neurons. */
  public static ParameterValue of(double value) {
    return new ParameterValue(Shape.SCALAR, new double[] {value});
  }

  /**
   * One value per neuron, row-major under {@code shape}.
   *
   * @throws IllegalArgumentException if shape and length disagree
   */
  public static ParameterValue of(Shape shape, double[] values) {
    if (shape.size() != values.length) {
      throw new IllegalArgumentException(
          "Parameter shape " + shape + " does not hold " + values.length + " values");
    }
    return new ParameterValue(shape, values.clone());
  }

  public Shape shape() {
    return shape;
  }

  public double[] values() {
    return values.clone();
  }

  /** {@link ParameterScope#RUN} if one number serves every neuron. */
  public ParameterScope scope() {
    return values.length == 1 ? ParameterScope.RUN : ParameterScope.NEURON;
  }

  /**
   * The values spread over every neuron by NumPy's broadcasting rules; one value if the scope is
   * RUN.
   *
   * @throws IllegalArgumentException if the shape does not broadcast to {@code features}
   */
  public double[] expand(Shape features) {
    if (values.length == 1) {
      return values.clone();
    }
    int[] indices = Broadcast.indices(shape, features);
    double[] spread = new double[indices.length];
    for (int i = 0; i < indices.length; i++) {
      spread[i] = values[indices[i]];
    }
    return spread;
  }
}
