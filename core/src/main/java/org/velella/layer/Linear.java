package org.velella.layer;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = W x + b} over the last axis, which any number of axes may precede.
 *
 * @see LinearOperation
 * @seed activation_based.layer.Linear
 */
public final class Linear extends LayerModule {
  /**
   * A layer without bias.
   *
   * @param weight FLOAT {@code [out, in]}; copied
   */
  public Linear(INDArray weight) {
    super(new LinearOperation(tensor(weight), null));
  }

  /**
   * A layer with bias.
   *
   * @param weight FLOAT {@code [out, in]}; copied
   * @param bias FLOAT {@code [out]}; copied
   */
  public Linear(INDArray weight, INDArray bias) {
    super(new LinearOperation(tensor(weight), tensor(bias)));
  }
}
