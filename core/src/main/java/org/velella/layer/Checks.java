package org.velella.layer;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Checks that layers share: of weights, and of windows along an axis. */
final class Checks {
  private Checks() {}

  /** Weights are float32, of one rank, not empty and finite. */
  static void require(String layer, String name, Tensor tensor, int rank) {
    if (tensor.dtype() != DType.FLOAT32 || tensor.shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s %s must be float32 of rank %d, found %s %s"
              .formatted(layer, name, rank, tensor.dtype(), tensor.shape()));
    }
    if (tensor.size() == 0) {
      throw new IllegalArgumentException(
          "%s %s must not be empty, found shape %s".formatted(layer, name, tensor.shape()));
    }
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s %s must be finite, found %s at flat index %d".formatted(layer, name, values[i], i));
      }
    }
  }

  /** How many windows of an extent fit on a padded axis. */
  static int windows(String layer, Shape input, long padded, long extent, int stride) {
    if (padded < extent || padded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: a window of extent %d does not fit on a padded axis of length %d (input %s)"
              .formatted(layer, extent, padded, input));
    }
    return (int) ((padded - extent) / stride) + 1;
  }
}
