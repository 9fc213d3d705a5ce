package org.velella.encoding;

import java.util.List;
import org.velella.module.MemorySpec;
import org.velella.tensor.Shape;

/**
 * Spikes at random: an element whose input is x fires with probability x in every step, on its own.
 * An input of 0 or less, or NaN, never fires.
 *
 * <p>The memory {@code step} counts the steps, on which the random numbers depend.
 *
 * @param sampling how the numbers are drawn. {@link Sampling#DENSE}: element i fires where its
 *     number is below x, so x of 1 or more always fires. {@link Sampling#SKIP}: see {@link Skips}
 * @param limit the highest rate that skips can give, in (0, 1]; higher inputs fire at this rate. 1
 *     for dense sampling
 */
public record BernoulliOperation(Sampling sampling, float limit) implements EncoderOperation {
  /** The memory that counts steps. */
  public static final String STEP = "step";

  public BernoulliOperation {
    if (!(limit >= Skips.LEAST_LIMIT && limit <= 1)) {
      throw new IllegalArgumentException(
          "The limit of a Bernoulli encoder must be from 2^-31 to 1, found " + limit);
    }
    if (sampling == Sampling.DENSE && limit != 1) {
      throw new IllegalArgumentException(
          "Dense sampling has no limit below 1, found " + limit + "; take skip sampling");
    }
  }

  /** One number per element and step. */
  public static BernoulliOperation dense() {
    return new BernoulliOperation(Sampling.DENSE, 1);
  }

  /** Skips, for rates up to {@code limit}. */
  public static BernoulliOperation skip(float limit) {
    return new BernoulliOperation(Sampling.SKIP, limit);
  }

  @Override
  public String kind() {
    return "BernoulliEncoder";
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    return List.of(MemorySpec.counter(STEP, CounterRandom.STEPS));
  }
}
