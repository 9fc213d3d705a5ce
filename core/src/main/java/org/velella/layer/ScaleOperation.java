package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Broadcast;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * {@code y = s * x} element by element.
 *
 * @param scale float32, a shape that broadcasts to the input
 */
public record ScaleOperation(Tensor scale) implements Operation {
  public ScaleOperation {
    Checks.require("Scale", "scale", scale, scale.shape().rank());
  }

  @Override
  public String kind() {
    return "Scale";
  }

  @Override
  public Shape outputShape(Shape input) {
    expand(input);
    return input;
  }

  /** The factors spread over every element of {@code input}; one if a single factor serves all. */
  public float[] expand(Shape input) {
    if (scale.size() == 1) {
      return scale.floats().clone();
    }
    int[] indices = Broadcast.indices(scale.shape(), input);
    float[] factors = new float[indices.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = scale.floats()[indices[i]];
    }
    return factors;
  }
}
