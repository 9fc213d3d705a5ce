package org.velella.encoding;

import java.util.Arrays;

/**
 * Skip sampling: candidates at a fixed rate {@code limit}, found by geometric skips, which then
 * fire with probability {@code x / limit}. Only whole numbers decide a skip, so no logarithm could
 * differ between machines.
 *
 * <p>For one sample, node and step, i = 0, and draw j = 0, 1, 2, … takes the words a = 2j and b =
 * 2j + 1 of that step's numbers:
 *
 * <ul>
 *   <li>The skip is the number of thresholds that a, unsigned, reaches. With all {@value #LENGTH}
 *       of them reached, i advances by {@value #LENGTH} and the next draw follows.
 *   <li>Otherwise i advances by the skip. If {@code uniform(b) * limit < x[i]}, element i fires.
 *       Then i advances by 1.
 *   <li>It ends where i has left the elements.
 * </ul>
 *
 * <p>Threshold g is 2^32 (1 − (1 − limit)^(g + 1)), rounded to a whole number, with the power made
 * by float64 multiplications from left to right.
 */
public final class Skips {
  /** How many thresholds there are, the longest skip of one draw. */
  public static final int LENGTH = 512;

  /** The least rate that gives a first threshold other than 0. */
  static final float LEAST_LIMIT = 0x1p-31f;

  private static final int STARTS = 256;
  private static final int START_SHIFT = 24;

  private final float limit;
  private final long[] thresholds = new long[LENGTH + 1];
  private final short[] starts = new short[STARTS];

  /** The skips of a rate. */
  public Skips(float limit) {
    this.limit = limit;
    double miss = 1.0 - limit;
    double none = 1.0;
    for (int g = 0; g < LENGTH; g++) {
      none *= miss;
      thresholds[g] = (1L << 32) - (long) StrictMath.rint(none * 0x1p32);
    }
    // No word reaches the last one, so that a search always ends.
    thresholds[LENGTH] = Long.MAX_VALUE;
    for (int s = 0; s < STARTS; s++) {
      starts[s] = (short) search(0, (long) s << START_SHIFT);
    }
  }

  private int search(int from, long word) {
    int g = from;
    while (word >= thresholds[g]) {
      g++;
    }
    return g;
  }

  /** How many elements a word skips, at most {@value #LENGTH}. */
  public int skip(int word) {
    return search(starts[word >>> START_SHIFT], word & 0xFFFFFFFFL);
  }

  /** Whether a candidate of rate {@code x} fires. */
  public boolean fires(int word, float x) {
    return CounterRandom.uniform(word) * limit < x;
  }

  /** The thresholds, for backends that keep their own tables. */
  public long[] thresholds() {
    return Arrays.copyOf(thresholds, LENGTH);
  }
}
