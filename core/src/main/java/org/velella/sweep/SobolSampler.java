package org.velella.sweep;

import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Sobol's low-discrepancy sequence with the direction numbers of Joe and Kuo (2008), scrambled as
 * Owen (1995) does: every digit is flipped or not depending on all digits before it, so that any
 * 2^k trials from a multiple of 2^k on lie as evenly as before, but at random places. The first
 * trials do not depend on how many follow.
 */
final class SobolSampler implements Sampler {
  /** Dimensions that direction numbers are known for. */
  static final int MAX_DIMENSIONS = 1000;

  /** The first trial beyond the sequence, whose numbers have no more digits. */
  static final long MAX_TRIALS = 1L << 31;

  private static final int DIGITS = 52;

  private final long[] keys;

  /** Guarded by itself: it walks. */
  private final SobolSequenceGenerator sequence;

  private long walked = -1;
  private double[] point;

  /**
   * @param keys one for each dimension, at most {@value #MAX_DIMENSIONS}
   */
  SobolSampler(long[] keys) {
    this.keys = keys.clone();
    sequence = new SobolSequenceGenerator(keys.length);
  }

  @Override
  public double uniform(long trial, int dimension) {
    long digits;
    synchronized (sequence) {
      if (trial != walked) {
        point = trial == walked + 1 ? sequence.nextVector() : sequence.skipTo((int) trial);
        walked = trial;
      }
      digits = (long) (point[dimension] * 0x1p52);
    }
    // Half a unit, so that neither end can be met.
    return (scrambled(digits, keys[dimension]) + 0.5) * 0x1p-52;
  }

  /** Digit by digit from the first on, each flipped by a hash of those before it. */
  private static long scrambled(long digits, long key) {
    long result = 0;
    for (int digit = DIGITS - 1; digit >= 0; digit--) {
      // A leading one tells prefixes of different lengths apart.
      long prefix = (1L << DIGITS | digits) >>> digit + 1;
      long flip = Bits.mix(key ^ Bits.mix(prefix)) >>> 63;
      result = result << 1 | (digits >>> digit & 1) ^ flip;
    }
    return result;
  }
}
