package org.velella.spark.frame;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;

/** Spreads the ranges that are still to be run over partitions: consecutive ones, evenly. */
public final class RangePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int[] pending;

  /** For each partition the place of its first range among those that are pending. */
  private final int[] first;

  /**
   * A partitioner of at most {@code partitions} partitions, none of them without a range, for
   * ranges that are all the same work.
   *
   * @param pending ranges in ascending order, at least one
   */
  public RangePartitioner(int[] pending, int partitions) {
    this(pending, range -> 1, partitions);
  }

  /**
   * The same, for ranges that differ: each partition has about the same work.
   *
   * @param work of a range, positive, in any unit
   */
  public RangePartitioner(int[] pending, IntToDoubleFunction work, int partitions) {
    if (pending.length == 0 || partitions < 1) {
      throw new IllegalArgumentException(pending.length + " ranges on " + partitions);
    }
    this.pending = pending.clone();
    first = firsts(IntStream.of(pending).mapToDouble(work).toArray(), partitions);
  }

  /** Each partition begins where the work before it is nearest to its share. */
  private static int[] firsts(double[] works, int partitions) {
    double all = DoubleStream.of(works).sum();
    int[] first = new int[Math.min(partitions, works.length)];
    double before = 0;
    int at = 0;
    for (int partition = 1; partition < first.length; partition++) {
      double share = all * partition / first.length;
      int last = works.length - (first.length - partition);
      // One range at least is the partition's before.
      do {
        before += works[at++];
      } while (at < last && before + works[at] / 2 < share);
      first[partition] = at;
    }
    return first;
  }

  @Override
  public int numPartitions() {
    return first.length;
  }

  @Override
  public int getPartition(Object key) {
    int range = ((SampleKey) key).range();
    int at = Arrays.binarySearch(pending, range);
    if (at < 0) {
      throw new IllegalArgumentException("Range " + range + " is not to be run");
    }
    int found = Arrays.binarySearch(first, at);
    return found >= 0 ? found : -found - 2;
  }

  /** Whether a range is still to be run. */
  public boolean isPending(int range) {
    return Arrays.binarySearch(pending, range) >= 0;
  }

  /** The ranges of a partition in ascending order. */
  public int[] ranges(int partition) {
    int end = partition + 1 < first.length ? first[partition + 1] : pending.length;
    return Arrays.copyOfRange(pending, first[partition], end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RangePartitioner that
        && Arrays.equals(first, that.first)
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(pending) + Arrays.hashCode(first);
  }
}
