package org.velella.encoding;

/**
 * Fires in every step with probability x, up to a limit, drawn by skips: the lower the limit, the
 * fewer numbers it takes. It fires as often as {@link PoissonEncoder}, but not at the same places.
 *
 * <p>Input {@code [N, *]}, output of the same shape. Memory: {@code step}, which counts the steps.
 *
 * @see Skips
 */
public final class BernoulliEncoder extends EncoderModule {
  /**
   * An encoder of samples 0, 1, 2, … with seed 0.
   *
   * @param limit the highest rate it gives, in [2^-31, 1]; higher inputs fire at this rate
   * @throws IllegalArgumentException if the limit is not in that range
   */
  public BernoulliEncoder(double limit) {
    super(BernoulliOperation.skip((float) limit));
  }
}
