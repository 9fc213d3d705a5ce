package org.velella.layer;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-correlation of {@code [N, C, H, W]} with a kernel of two axes.
 *
 * @see ConvOperation
 * @seed activation_based.layer.Conv2d
 */
public final class Conv2d extends LayerModule {
  private static final String LAYOUT = "N, C, H, W";

  /**
   * A layer without bias.
   *
   * @param weight FLOAT {@code [out, in / groups, kernelH, kernelW]}; copied
   */
  public Conv2d(INDArray weight, ConvOptions options) {
    super(options.operation(2, tensor(weight), null), LAYOUT);
  }

  /**
   * A layer with bias.
   *
   * @param weight FLOAT {@code [out, in / groups, kernelH, kernelW]}; copied
   * @param bias FLOAT {@code [out]}; copied
   */
  public Conv2d(INDArray weight, INDArray bias, ConvOptions options) {
    super(options.operation(2, tensor(weight), tensor(bias)), LAYOUT);
  }
}
