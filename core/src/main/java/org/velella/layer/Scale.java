package org.velella.layer;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code y = s * x}.
 *
 * @see ScaleOperation
 */
public final class Scale extends LayerModule {
  /** The same factor, rounded to float32, for every element. */
  public Scale(double factor) {
    this(Nd4j.scalar((float) factor));
  }

  /**
   * Factors per element.
   *
   * @param factors FLOAT, a shape that broadcasts to one sample's {@code [*]}; copied
   */
  public Scale(INDArray factors) {
    super(new ScaleOperation(tensor(factors)));
  }
}
