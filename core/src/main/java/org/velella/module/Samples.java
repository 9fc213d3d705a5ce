package org.velella.module;

import java.util.Arrays;

/**
 * Who the samples of a batch are: the seed and the id of each, on which the random numbers that are
 * drawn for it depend. Immutable.
 */
public final class Samples {
  private static final Samples NUMBERED = new Samples(new long[1], null);

  private final long[] seeds;
  private final long[] ids;

  /** One seed may stand for all; without ids, sample n has id n. */
  private Samples(long[] seeds, long[] ids) {
    this.seeds = seeds;
    this.ids = ids;
  }

  /** Any number of samples with seed 0 and the ids 0, 1, 2, …. */
  public static Samples numbered() {
    return NUMBERED;
  }

  /** Any number of samples with this seed and the ids 0, 1, 2, …. */
  public static Samples numbered(long seed) {
    return new Samples(new long[] {seed}, null);
  }

  /** Samples with these ids and one seed. */
  public static Samples of(long seed, long... ids) {
    return new Samples(new long[] {seed}, ids.clone());
  }

  /**
   * Samples with own seeds, as those of different trials have.
   *
   * @throws IllegalArgumentException if there are not as many seeds as ids
   */
  public static Samples of(long[] seeds, long[] ids) {
    if (seeds.length != ids.length) {
      throw new IllegalArgumentException(
          "Every sample needs a seed and an id, found %d seeds and %d ids"
              .formatted(seeds.length, ids.length));
    }
    return new Samples(seeds.clone(), ids.clone());
  }

  /** The seed of sample {@code n}. */
  public long seed(int n) {
    return seeds.length == 1 ? seeds[0] : seeds[n];
  }

  /** The id of sample {@code n}. */
  public long id(int n) {
    return ids == null ? n : ids[n];
  }

  /**
   * Checks that these can be the samples of a batch.
   *
   * @throws IllegalArgumentException if their number is fixed and not {@code batch}
   */
  public void requireCount(int batch) {
    if (ids != null && ids.length != batch) {
      throw new IllegalArgumentException(
          "There are %d samples, but ids of %d".formatted(batch, ids.length));
    }
  }

  @Override
  public String toString() {
    return "samples "
        + (ids == null ? "0, 1, …" : Arrays.toString(ids))
        + " with seed "
        + (seeds.length == 1 ? String.valueOf(seeds[0]) : Arrays.toString(seeds));
  }
}
