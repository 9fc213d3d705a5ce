package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Tensor;

/** See {@link MemoryValue#queue}. */
record QueueValue(List<Tensor> tensors) implements MemoryValue {
  @Override
  public Kind kind() {
    return Kind.QUEUE;
  }

  @Override
  public List<INDArray> arrays() {
    return tensors.stream().map(NdArrays::toArray).toList();
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof QueueValue that) || tensors.size() != that.tensors.size()) {
      return false;
    }
    for (int i = 0; i < tensors.size(); i++) {
      if (!tensors.get(i).bitEquals(that.tensors.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (Tensor tensor : tensors) {
      hash = 31 * hash + Values.hash(tensor);
    }
    return hash;
  }

  @Override
  public String toString() {
    return "a queue of " + tensors.size() + " tensors";
  }
}
