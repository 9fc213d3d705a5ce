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
 * @param epsilon added to the variance; finite
 */
public record BatchNormOperation(
    Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon) implements Operation {
  public BatchNormOperation {
    Checks.require("BatchNorm", "gamma", gamma, 1);
    Checks.require("BatchNorm", "beta", beta, 1);
    Checks.require("BatchNorm", "mean", mean, 1);
    Checks.require("BatchNorm", "variance", variance, 1);
    if (beta.size() != gamma.size()
        || mean.size() != gamma.size()
        || variance.size() != gamma.size()) {
      throw new IllegalArgumentException("BatchNorm statistics differ in their number of channels");
    }
    for (int c = 0; c < variance.size(); c++) {
      double spread = variance.floats()[c] + epsilon;
      if (!(spread > 0) || spread == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "BatchNorm variance + epsilon must be positive and finite, found %s at channel %d"
                .formatted(spread, c));
      }
    }
    requireRepresentable("scale", scale(gamma, variance, epsilon));
    requireRepresentable("shift", shift(scale(gamma, variance, epsilon), beta, mean));
  }

  private static void requireRepresentable(String name, double[] values) {
    for (int c = 0; c < values.length; c++) {
      if (!Float.isFinite((float) values[c])) {
        throw new IllegalArgumentException(
            "BatchNorm %s must be finite in float32, found %s at channel %d"
                .formatted(name, values[c], c));
      }
    }
  }

  /** gamma / sqrt(variance + epsilon), in float64. */
  public double[] scale() {
    return scale(gamma, variance, epsilon);
  }

  private static double[] scale(Tensor gamma, Tensor variance, double epsilon) {
    double[] scale = new double[gamma.size()];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma.floats()[c] / StrictMath.sqrt(variance.floats()[c] + epsilon);
    }
    return scale;
  }

  /** beta - mean * scale, in float64. */
  public double[] shift() {
    return shift(scale(), beta, mean);
  }

  private static double[] shift(double[] scale, Tensor beta, Tensor mean) {
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
