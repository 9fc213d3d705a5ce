package org.velella.module;

import org.velella.tensor.Tensor;

/** See {@link MemoryValue#tensor(org.nd4j.linalg.api.ndarray.INDArray)}. */
record TensorValue(Tensor tensor) implements MemoryValue {
  @Override
  public Kind kind() {
    return Kind.TENSOR;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorValue that && tensor.bitEquals(that.tensor);
  }

  @Override
  public int hashCode() {
    return Values.hash(tensor);
  }

  @Override
  public String toString() {
    return "a tensor of " + tensor.dtype() + " " + tensor.shape();
  }
}
