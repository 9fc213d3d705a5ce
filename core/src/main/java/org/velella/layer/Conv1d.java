package org.velella.layer;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-correlation of {@code [N, C, L]} with a kernel.
 *
 * @see ConvOperation
 * @seed activation_based.layer.Conv1d
 */
public final class Conv1d extends LayerModule {
  private static final String LAYOUT = "N, C, L";

  /**
   * A layer without bias.
   *
   * @param weight FLOAT {@code [out, in / groups, kernel]}; copied
   */
  public Conv1d(INDArray weight, ConvOptions options) {
    super(options.operation(1, tensor(weight), null), LAYOUT);
  }

  /**
   * A layer with bias.
   *
   * @param weight FLOAT {@code [out, in / groups, kernel]}; copied
   * @param bias FLOAT {@code [out]}; copied
   */
  public Conv1d(INDArray weight, INDArray bias, ConvOptions options) {
    super(options.operation(1, tensor(weight), tensor(bias)), LAYOUT);
  }
}
