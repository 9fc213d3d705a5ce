package org.velella.encoding;

/**
 * Fires in every step with probability x, drawn for each element: {@code s = 1 where u < x}, u in
 * [0, 1). Other than the seed's {@code u <= x}, an input of 0 never fires.
 *
 * <p>Input {@code [N, *]}, output of the same shape. Memory: {@code step}, which counts the steps.
 *
 * @see BernoulliEncoder for low rates
 * @seed activation_based.encoding.PoissonEncoder
 */
public final class PoissonEncoder extends EncoderModule {
  /** An encoder of samples 0, 1, 2, … with seed 0. */
  public PoissonEncoder() {
    super(BernoulliOperation.dense());
  }
}
