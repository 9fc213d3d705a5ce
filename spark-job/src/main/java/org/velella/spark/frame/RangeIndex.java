package org.velella.spark.frame;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Which samples belong to which range: range r holds the samples of ranks {@code [r·R, (r+1)·R)} in
 * the order of their ids. Fixed when a run begins; the number of tasks has nothing to do with it.
 */
public final class RangeIndex implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long samples;
  private final int rangeSize;
  private final long firstId;

  /** First ids of the ranges, or null where ids are consecutive. */
  private final long[] firstIds;

  private RangeIndex(long samples, int rangeSize, long firstId, long[] firstIds) {
    if (samples < 1 || rangeSize < 1) {
      throw new IllegalArgumentException(samples + " samples in ranges of " + rangeSize);
    }
    this.samples = samples;
    this.rangeSize = rangeSize;
    this.firstId = firstId;
    this.firstIds = firstIds;
    Math.toIntExact((samples + rangeSize - 1) / rangeSize);
  }

  /** Ranges over {@code samples} consecutive ids from {@code firstId} on. */
  public static RangeIndex consecutive(long firstId, long samples, int rangeSize) {
    return new RangeIndex(samples, rangeSize, firstId, null);
  }

  /**
   * Ranges over any ids.
   *
   * @param firstIds the id of every {@code rangeSize}-th sample in ascending order
   */
  public static RangeIndex sparse(long[] firstIds, long samples, int rangeSize) {
    RangeIndex index = new RangeIndex(samples, rangeSize, firstIds[0], firstIds.clone());
    if (firstIds.length != index.ranges()) {
      throw new IllegalArgumentException(
          firstIds.length + " first ids for " + index.ranges() + " ranges");
    }
    for (int r = 1; r < firstIds.length; r++) {
      if (firstIds[r] <= firstIds[r - 1]) {
        throw new IllegalArgumentException("First ids do not ascend at range " + r);
      }
    }
    return index;
  }

  public int ranges() {
    return (int) ((samples + rangeSize - 1) / rangeSize);
  }

  public long samples() {
    return samples;
  }

  public int rangeSize() {
    return rangeSize;
  }

  /** Whether the ids of the samples are {@code firstId, firstId + 1, …}. */
  public boolean isConsecutive() {
    return firstIds == null;
  }

  /** The id of a range's first sample. */
  public long firstId(int range) {
    return firstIds == null ? firstId + (long) range * rangeSize : firstIds[range];
  }

  /** The rank of a range's first sample. */
  public long firstRank(int range) {
    return (long) range * rangeSize;
  }

  /** The rank after a range's last sample. */
  public long endRank(int range) {
    return Math.min(samples, (long) (range + 1) * rangeSize);
  }

  /** How many samples a range is planned to hold. */
  public int size(int range) {
    return (int) (endRank(range) - firstRank(range));
  }

  /** The range of a sample, or -1 if the id lies before the first or, if consecutive, the end. */
  public int rangeOf(long sampleId) {
    if (sampleId < firstId) {
      return -1;
    }
    if (firstIds == null) {
      long rank = sampleId - firstId;
      return rank < 0 || rank >= samples ? -1 : (int) (rank / rangeSize);
    }
    int found = Arrays.binarySearch(firstIds, sampleId);
    return found >= 0 ? found : -found - 2;
  }
}
