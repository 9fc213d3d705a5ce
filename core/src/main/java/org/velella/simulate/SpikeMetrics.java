package org.velella.simulate;

import java.math.BigInteger;

/**
 * Metrics of spike trains out of the sums that a run keeps. Sums are whole numbers, and so are
 * differences of them that nearly cancel; only what comes after is rounded.
 */
public final class SpikeMetrics {
  private SpikeMetrics() {}

  /**
   * Spikes per second of one neuron of a population.
   *
   * @param spikes of all of them
   * @param seconds that they were simulated
   */
  public static double rate(long spikes, int neurons, double seconds) {
    return (double) spikes / neurons / seconds;
  }

  /**
   * The mean interval between a neuron's spikes, in steps; NaN with fewer than two spikes. Spikes
   * of the same step are an interval of 0.
   */
  public static double meanInterval(int count, int first, int last) {
    return count < 2 ? Double.NaN : (double) (last - first) / (count - 1);
  }

  /**
   * The coefficient of variation of the intervals between a neuron's spikes: their standard
   * deviation, with n in the denominator, by their mean. NaN with fewer than two intervals, or if
   * all are 0.
   *
   * @param squares the sum of squares of the intervals, in steps
   */
  public static double intervalVariation(int count, int first, int last, long squares) {
    long sum = (long) last - first;
    if (count < 3 || sum == 0) {
      return Double.NaN;
    }
    return Math.sqrt(spread(count - 1L, squares, sum)) / sum;
  }

  /**
   * The Fano factor of counts: their variance, with n in the denominator, by their mean. 1 for a
   * Poisson process; above it, spikes come together. NaN with fewer than two counts, or if all are
   * 0.
   *
   * @param counts how many there are
   * @param sum of them
   * @param squares the sum of their squares
   */
  public static double fano(long counts, long sum, long squares) {
    if (counts < 2 || sum == 0) {
      return Double.NaN;
    }
    return spread(counts, squares, sum) / counts / sum;
  }

  /** {@code n squares - sum^2}, which is n^2 times the variance; rounded once. */
  private static double spread(long n, long squares, long sum) {
    if (Math.multiplyHigh(n, squares) == 0
        && n * squares >= 0
        && Math.multiplyHigh(sum, sum) == 0
        && sum * sum >= 0) {
      return n * squares - sum * sum;
    }
    BigInteger exact =
        BigInteger.valueOf(n)
            .multiply(BigInteger.valueOf(squares))
            .subtract(BigInteger.valueOf(sum).pow(2));
    return exact.doubleValue();
  }
}
