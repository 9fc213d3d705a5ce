package org.velella.neuron;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What parallel neurons over a number of steps have in common. */
final class PsnChecks {
  private PsnChecks() {}

  /** Refuses what is not a matrix of steps by steps and a bias for each step, all finite. */
  static void require(String kind, Tensor weight, Tensor bias) {
    int steps = bias.shape().rank() == 0 ? 0 : bias.shape().dim(0);
    boolean fits =
        weight.dtype() == DType.FLOAT32
            && bias.dtype() == DType.FLOAT32
            && steps >= 1
            && bias.shape().equals(Shape.of(steps))
            && weight.shape().equals(Shape.of(steps, steps));
    if (!fits || steps > ParallelModels.MOST_STEPS) {
      throw new IllegalArgumentException(
          "%s needs FLOAT32 weights [T, T] and biases [T], T from 1 to %d; found %s %s and %s %s"
              .formatted(
                  kind,
                  ParallelModels.MOST_STEPS,
                  weight.dtype(),
                  weight.shape(),
                  bias.dtype(),
                  bias.shape()));
    }
    requireFinite(kind, "weight", weight);
    requireFinite(kind, "bias", bias);
  }

  private static void requireFinite(String kind, String what, Tensor values) {
    for (int i = 0; i < values.size(); i++) {
      if (!Float.isFinite(values.floats()[i])) {
        throw new IllegalArgumentException(
            "%s %s must be finite, found %s at index %d"
                .formatted(kind, what, values.floats()[i], i));
      }
    }
  }
}
