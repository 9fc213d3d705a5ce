package org.velella.sweep;

/**
 * Latin hypercube sampling (McKay, Beckman, Conover 1979): each dimension is cut into as many equal
 * intervals as there are trials, and each interval holds one trial, at a random place in it.
 *
 * <p>Which trial lies in which interval is a permutation that is computed, not stored: a Feistel
 * network over the next even number of bits, walked until it comes back below the number of trials
 * (Black and Rogaway 2002).
 */
final class LatinHypercubeSampler implements Sampler {
  private static final int ROUNDS = 6;

  private final long trials;
  private final long[] keys;
  private final int halfBits;

  /**
   * @param trials how many there are
   * @param keys one for each dimension
   */
  LatinHypercubeSampler(long trials, long[] keys) {
    this.trials = trials;
    this.keys = keys.clone();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, trials - 1));
    halfBits = Math.max(1, (bits + 1) / 2);
  }

  @Override
  public double uniform(long trial, int dimension) {
    long interval = permuted(trial, keys[dimension]);
    double inside = RandomSampler.uniform(~keys[dimension], trial);
    double u = (interval + inside) / trials;
    return Math.min(Math.max(u, Double.MIN_NORMAL), Math.nextDown(1.0));
  }

  private long permuted(long trial, long key) {
    long at = trial;
    do {
      at = feistel(at, key);
    } while (at >= trials);
    return at;
  }

  private long feistel(long value, long key) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ Bits.mix(key + Bits.mix(right + ((long) round << 56))) & mask;
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }
}
