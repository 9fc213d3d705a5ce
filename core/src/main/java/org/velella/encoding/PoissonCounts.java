package org.velella.encoding;

import java.util.Arrays;

/**
 * Numbers with a Poisson distribution, one of each random word: how many thresholds it reaches as
 * an unsigned number. Threshold c is {@code rint(2^32 P(count <= c))}; those of 2^32 are never
 * reached.
 *
 * <p>In float64: {@code p = exp(-mean)}, the first threshold's sum; then, for c from 1 on, {@code p
 * = p * mean / c}, which is added to the sum.
 */
public final class PoissonCounts {
  private static final int STARTS = 256;
  private static final int START_SHIFT = 24;
  private static final double WORDS = 0x1p32;

  private final long[] thresholds;
  private final short[] starts = new short[STARTS];

  /**
   * The numbers of a mean.
   *
   * @param mean in (0, {@value PoissonCountOperation#MOST_EXPECTED}]
   */
  public PoissonCounts(float mean) {
    long[] found = new long[4 * PoissonCountOperation.MOST_EXPECTED];
    double p = StrictMath.exp(-(double) mean);
    double sum = p;
    int count = 0;
    // The sum may stop just below 1, but all that is left by then is less than half a word.
    while (count < found.length && StrictMath.rint(sum * WORDS) < WORDS) {
      found[count++] = (long) StrictMath.rint(sum * WORDS);
      p = p * mean / count;
      sum += p;
    }
    thresholds = Arrays.copyOf(found, count + 1);
    thresholds[count] = Long.MAX_VALUE;
    for (int s = 0; s < STARTS; s++) {
      starts[s] = (short) search(0, (long) s << START_SHIFT);
    }
  }

  private int search(int from, long word) {
    int count = from;
    while (word >= thresholds[count]) {
      count++;
    }
    return count;
  }

  /**
   * The thresholds that words can reach, ascending, as unsigned numbers: a word's number is how
   * many of them are not above it.
   */
  public int[] thresholds() {
    int[] reached = new int[thresholds.length - 1];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = (int) thresholds[i];
    }
    return reached;
  }

  /** The number that a word gives. */
  public int count(int word) {
    return search(starts[word >>> START_SHIFT], word & 0xFFFFFFFFL);
  }
}
