package org.velella.module;

import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** See {@link MemoryValue#integer}. */
record IntegerValue(long value) implements MemoryValue {
  @Override
  public Kind kind() {
    return Kind.INTEGER;
  }

  @Override
  public double number() {
    return value;
  }

  @Override
  public Tensor tensor() {
    return Tensor.of(Shape.SCALAR, new long[] {value});
  }

  @Override
  public String toString() {
    return "integer " + value;
  }
}
