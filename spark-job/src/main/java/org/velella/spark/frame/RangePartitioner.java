package org.velella.spark.frame;

import java.util.Arrays;
import org.apache.spark.Partitioner;

/** Spreads the ranges that are still to be run over partitions: consecutive ones, evenly. */
public final class RangePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int[] pending;
  private final int partitions;

  /**
   * A partitioner of at most {@code partitions} partitions, none of them without a range.
   *
   * @param pending ranges in ascending order, at least one
   */
  public RangePartitioner(int[] pending, int partitions) {
    if (pending.length == 0 || partitions < 1) {
      throw new IllegalArgumentException(pending.length + " ranges on " + partitions);
    }
    this.pending = pending.clone();
    this.partitions = Math.min(partitions, pending.length);
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    int range = ((SampleKey) key).range();
    int at = Arrays.binarySearch(pending, range);
    if (at < 0) {
      throw new IllegalArgumentException("Range " + range + " is not to be run");
    }
    return partitionAt(at);
  }

  private int partitionAt(int at) {
    return (int) ((long) at * partitions / pending.length);
  }

  /** Whether a range is still to be run. */
  public boolean isPending(int range) {
    return Arrays.binarySearch(pending, range) >= 0;
  }

  /** The ranges of a partition in ascending order. */
  public int[] ranges(int partition) {
    int from = firstAt(partition);
    return Arrays.copyOfRange(pending, from, firstAt(partition + 1));
  }

  /** The smallest place whose partition is at least the given one. */
  private int firstAt(int partition) {
    return (int) (((long) partition * pending.length + partitions - 1) / partitions);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RangePartitioner that
        && partitions == that.partitions
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(pending) + partitions;
  }
}
