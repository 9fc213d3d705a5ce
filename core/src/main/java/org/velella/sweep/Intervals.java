package org.velella.sweep;

import java.util.Arrays;

/** Some whole numbers in ascending order, kept as intervals of consecutive ones. */
final class Intervals {
  /** Begin of each interval. */
  private final long[] from;

  /** How many numbers there are up to the end of each interval. */
  private final long[] upTo;

  private Intervals(long[] from, long[] upTo) {
    this.from = from;
    this.upTo = upTo;
  }

  /** Collects numbers that come in ascending order. */
  static final class Builder {
    private long[] from = new long[4];
    private long[] upTo = new long[4];
    private int length;
    private long next = -1;
    private long count;

    void add(long number) {
      if (number < next) {
        throw new IllegalArgumentException(number + " comes after " + next);
      }
      if (number != next || length == 0) {
        if (length == from.length) {
          from = Arrays.copyOf(from, 2 * length);
          upTo = Arrays.copyOf(upTo, 2 * length);
        }
        from[length++] = number;
      }
      next = number + 1;
      upTo[length - 1] = ++count;
    }

    Intervals build() {
      return new Intervals(Arrays.copyOf(from, length), Arrays.copyOf(upTo, length));
    }
  }

  /** How many numbers there are. */
  long count() {
    return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
  }

  /** The number at a place. */
  long get(long place) {
    int found = Arrays.binarySearch(upTo, place + 1);
    int interval = found >= 0 ? found : -found - 1;
    return from[interval] + place - (interval == 0 ? 0 : upTo[interval - 1]);
  }

  /** The begin and the end of every interval, one after the other. */
  long[] bounds() {
    long[] bounds = new long[2 * from.length];
    for (int i = 0; i < from.length; i++) {
      bounds[2 * i] = from[i];
      bounds[2 * i + 1] = from[i] + upTo[i] - (i == 0 ? 0 : upTo[i - 1]);
    }
    return bounds;
  }

  /**
   * The numbers of some bounds.
   *
   * @param limit all numbers lie below it
   * @throws IllegalArgumentException if the bounds do not ascend or reach beyond the limit
   */
  static Intervals of(long[] bounds, long limit) {
    long[] from = new long[bounds.length / 2];
    long[] upTo = new long[from.length];
    long end = 0;
    long count = 0;
    for (int i = 0; i < from.length; i++) {
      from[i] = bounds[2 * i];
      if (bounds.length % 2 != 0 || from[i] < end || bounds[2 * i + 1] <= from[i]) {
        throw new IllegalArgumentException("Bounds do not ascend: " + Arrays.toString(bounds));
      }
      end = bounds[2 * i + 1];
      count += end - from[i];
      upTo[i] = count;
    }
    if (end > limit) {
      throw new IllegalArgumentException("Bounds reach to %d, beyond %d".formatted(end, limit));
    }
    return new Intervals(from, upTo);
  }
}
