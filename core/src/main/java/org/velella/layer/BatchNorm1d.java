package org.velella.layer;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation of {@code [N, C, L]} or {@code [N, C]} with running statistics, as in
 * evaluation.
 *
 * @see BatchNormOperation
 * @seed activation_based.layer.BatchNorm1d
 */
public final class BatchNorm1d extends LayerModule {
  /** What is added to the variance unless said otherwise. */
  public static final double DEFAULT_EPSILON = 1e-5;

  /** As the other constructor, with {@link #DEFAULT_EPSILON}. */
  public BatchNorm1d(INDArray weight, INDArray bias, INDArray mean, INDArray variance) {
    this(weight, bias, mean, variance, DEFAULT_EPSILON);
  }

  /**
   * A layer; all arrays are FLOAT {@code [C]} and copied.
   *
   * @param weight the factor of the normalised input, gamma
   * @param bias what is added to it, beta
   * @param mean the running mean
   * @param variance the running variance
   * @param epsilon added to the variance
   */
  public BatchNorm1d(
      INDArray weight, INDArray bias, INDArray mean, INDArray variance, double epsilon) {
    super(
        new BatchNormOperation(
            tensor(weight), tensor(bias), tensor(mean), tensor(variance), epsilon),
        "N, C, L",
        "N, C");
  }
}
