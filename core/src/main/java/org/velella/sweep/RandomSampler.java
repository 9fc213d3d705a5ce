package org.velella.sweep;

import org.velella.encoding.CounterRandom;

/** Independent numbers; those of the first trials do not depend on how many follow. */
final class RandomSampler implements Sampler {
  private static final int HIGH_BITS = 21;

  private final long[] keys;

  /**
   * @param keys one for each dimension
   */
  RandomSampler(long[] keys) {
    this.keys = keys.clone();
  }

  @Override
  public double uniform(long trial, int dimension) {
    return uniform(keys[dimension], trial);
  }

  /** The number in (0, 1) of a key and a trial, in units of 2^-53 and never an end. */
  static double uniform(long key, long trial) {
    int[] words = new int[CounterRandom.BLOCK_WORDS];
    CounterRandom.words(key, trial, 0, 0, 1, words, 0);
    long low = words[0] & 0xffffffffL;
    long high = words[CounterRandom.BLOCK_COUNTS] >>> Integer.SIZE - HIGH_BITS;
    return ((high << Integer.SIZE | low) + 0.5) * 0x1p-53;
  }
}
