package org.velella.layer;

import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

/** Checks that weights are float32, of the right rank and finite. */
final class Weights {
  private Weights() {}

  static void require(String layer, String name, Tensor tensor, int rank) {
    if (tensor.dtype() != DType.FLOAT32 || tensor.shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s %s must be float32 of rank %d, found %s %s"
              .formatted(layer, name, rank, tensor.dtype(), tensor.shape()));
    }
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s %s must be finite, found %s at flat index %d".formatted(layer, name, values[i], i));
      }
    }
  }
}
