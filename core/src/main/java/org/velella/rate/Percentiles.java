package org.velella.rate;

import java.util.Arrays;

/**
 * Exact percentiles of more numbers than memory holds: they are shown three times, and each time a
 * third of the bits of the wanted ones becomes known. Numbers are float32 and not negative, so that
 * their bits order as they do.
 */
final class Percentiles {
  /** How often all numbers must be shown. */
  static final int PASSES = 3;

  private static final int[] SHIFTS = {20, 10, 0};
  private static final int BINS = 1 << 11;

  /** Of its bins, twice for the ranks that part. */
  private static final long BYTES_PER_GROUP = 2L * BINS * Long.BYTES;

  private static final long MOST_BYTES = 1L << 30;

  private final double percent;
  private final Group[] groups;
  private int pass;

  /** One population of numbers, and the two of them between which its percentile lies. */
  private static final class Group {
    private long count;
    private double place;
    private final Rank low = new Rank();
    private final Rank high = new Rank();

    private boolean isTogether() {
      return high.prefix == low.prefix;
    }
  }

  /** A number that is looked for by its place in the order. */
  private static final class Rank {
    private int prefix;
    private long rank;

    /** Null while it has the prefix of another, whose counts then serve both. */
    private long[] bins;

    void take(int bits, int pass) {
      int known = pass == 0 ? 0 : bits >> SHIFTS[pass - 1];
      if (known == prefix) {
        bins[digit(bits, pass)]++;
      }
    }

    void clear() {
      if (bins == null) {
        bins = new long[BINS];
      } else {
        Arrays.fill(bins, 0);
      }
    }

    void descend(long[] counts, int pass) {
      int digit = 0;
      while (rank >= counts[digit]) {
        rank -= counts[digit];
        digit++;
      }
      prefix = prefix << (pass == 0 ? 11 : 10) | digit;
    }
  }

  private static int digit(int bits, int pass) {
    return bits >> SHIFTS[pass] & (pass == 0 ? BINS - 1 : BINS / 2 - 1);
  }

  /**
   * Looks whether the counts of all populations that are watched at once have room.
   *
   * @throws IllegalArgumentException if they need more than 1 GiB
   */
  static void requireRoom(long groups) {
    if (groups > MOST_BYTES / BYTES_PER_GROUP) {
      throw new IllegalArgumentException(
          "Percentiles of %d channels, of all layers together, need %d bytes, and at most %d are allowed; take one scale per layer"
              .formatted(groups, groups * BYTES_PER_GROUP, MOST_BYTES));
    }
  }

  /** Percentiles of several populations. */
  Percentiles(int groups, double percent) {
    this.percent = percent;
    this.groups = new Group[groups];
    Arrays.setAll(this.groups, i -> new Group());
    for (Group group : this.groups) {
      group.low.clear();
    }
  }

  /** Shows one number of a population. */
  void take(int group, float value) {
    Group to = groups[group];
    int bits = Float.floatToRawIntBits(value);
    if (pass == 0) {
      to.count++;
    }
    to.low.take(bits, pass);
    if (!to.isTogether()) {
      to.high.take(bits, pass);
    }
  }

  /** Ends a pass over all numbers. */
  void endPass() {
    for (Group group : groups) {
      if (pass == 0) {
        group.place = percent / 100 * (group.count - 1);
        group.low.rank = (long) Math.floor(group.place);
        group.high.rank = Math.min(group.count - 1, group.low.rank + 1);
      }
      group.high.descend(group.isTogether() ? group.low.bins : group.high.bins, pass);
      group.low.descend(group.low.bins, pass);
      group.low.clear();
      // Those that have parted stay apart.
      if (!group.isTogether()) {
        group.high.clear();
      }
    }
    pass++;
  }

  /** A population's percentile, interpolated in float64, once all passes are over. */
  double value(int group) {
    Group of = groups[group];
    double low = Float.intBitsToFloat(of.low.prefix);
    double high = Float.intBitsToFloat(of.high.prefix);
    double part = of.place - Math.floor(of.place);
    return low + (high - low) * part;
  }
}
