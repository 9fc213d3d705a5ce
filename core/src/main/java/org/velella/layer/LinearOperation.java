package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * {@code y = W x + b} over the last axis: NIR Linear (without bias) and Affine, PyTorch Linear.
 *
 * @param weight float32 {@code [out, in]}
 * @param bias float32 {@code [out]}, or null
 */
public record LinearOperation(Tensor weight, Tensor bias) implements Operation {
  public LinearOperation {
    Checks.require("Linear", "weight", weight, 2);
    if (bias != null) {
      Checks.require("Linear", "bias", bias, 1);
      if (bias.size() != weight.shape().dim(0)) {
        throw new IllegalArgumentException(
            "Linear bias " + bias.shape() + " does not fit weight " + weight.shape());
      }
    }
  }

  public int inputs() {
    return weight.shape().dim(1);
  }

  public int outputs() {
    return weight.shape().dim(0);
  }

  @Override
  public String kind() {
    return bias == null ? "Linear" : "Affine";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() == 0 || input.dim(input.rank() - 1) != inputs()) {
      throw new IllegalArgumentException(
          kind() + " with weight " + weight.shape() + " cannot take input of shape " + input);
    }
    int[] dims = input.toArray();
    dims[dims.length - 1] = outputs();
    return Shape.of(dims);
  }
}
