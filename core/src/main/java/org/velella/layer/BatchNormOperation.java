package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Batch normalisation with its running statistics, as in evaluation: {@code (x - mean) / sqrt(var +
 * eps) * gamma + beta} per channel (the first feature axis).
 *
 * @param gamma float32 {@code [C]}
 * @param beta float32 {@code [C]}
 * @param mean float32 {@code [C]}
 * @param variance float32 {@code [C]}, not negative
 * @param epsilon added to the variance
 */
public record BatchNormOperation(
    Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon) implements Operation {
  public BatchNormOperation {
    Weights.require("BatchNorm", "gamma", gamma, 1);
    Weights.require("BatchNorm", "beta", beta, 1);
    Weights.require("BatchNorm", "mean", mean, 1);
    Weights.require("BatchNorm", "variance", variance, 1);
    if (beta.size() != gamma.size()
        || mean.size() != gamma.size()
        || variance.size() != gamma.size()) {
      throw new IllegalArgumentException("BatchNorm statistics differ in their number of channels");
    }
    for (int c = 0; c < variance.size(); c++) {
      if (!(variance.floats()[c] + epsilon > 0)) {
        throw new IllegalArgumentException(
            "BatchNorm variance + epsilon must be positive, found %s at channel %d"
                .formatted(variance.floats()[c] + epsilon, c));
      }
    }
  }

  /** gamma / sqrt(variance + epsilon), in float64. */
  public double[] scale() {
    double[] scale = new double[gamma.size()];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma.floats()[c] / StrictMath.sqrt(variance.floats()[c] + epsilon);
    }
    return scale;
  }

  /** beta - mean * scale, in float64. */
  public double[] shift() {
    double[] scale = scale();
    double[] shift = new double[scale.length];
    for (int c = 0; c < scale.length; c++) {
      shift[c] = beta.floats()[c] - mean.floats()[c] * scale[c];
    }
    return shift;
  }

  @Override
  public String kind() {
    return "BatchNorm";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() == 0 || input.dim(0) != gamma.size()) {
      throw new IllegalArgumentException(
          "BatchNorm over " + gamma.size() + " channels cannot take input of shape " + input);
    }
    return input;
  }
}
