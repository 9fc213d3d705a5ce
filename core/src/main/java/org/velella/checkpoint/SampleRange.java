package org.velella.checkpoint;

/**
 * A fixed set of consecutive samples, {@code lo} up to but without {@code hi}, by their place in
 * the run's sorted list of samples: the unit of checkpoint, retry and output.
 */
public record SampleRange(long lo, long hi) implements Comparable<SampleRange> {
  /**
   * @throws IllegalArgumentException if it is empty, begins below zero, or has more than 2^31 - 1
   *     samples
   */
  public SampleRange {
    if (lo < 0 || hi <= lo || hi - lo > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "[%d, %d) is not a range of 1 to 2^31 - 1 samples".formatted(lo, hi));
    }
  }

  /** The number of samples. */
  public int size() {
    return (int) (hi - lo);
  }

  @Override
  public int compareTo(SampleRange other) {
    int byLo = Long.compare(lo, other.lo);
    return byLo != 0 ? byLo : Long.compare(hi, other.hi);
  }

  @Override
  public String toString() {
    return "[" + lo + ", " + hi + ")";
  }
}
