package org.velella.module;

import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** See {@link MemoryValue#scalar}. */
record ScalarValue(double number) implements MemoryValue {
  @Override
  public Kind kind() {
    return Kind.SCALAR;
  }

  @Override
  public Tensor tensor() {
    return Tensor.of(Shape.SCALAR, new double[] {number});
  }

  @Override
  public String toString() {
    return "scalar " + number;
  }
}
