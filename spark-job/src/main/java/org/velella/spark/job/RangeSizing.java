package org.velella.spark.job;

import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.plan.SynapticWork;

/** Chooses how many samples a range holds. Pure, so that it can be tested without a cluster. */
final class RangeSizing {
  static final int LARGEST = 4096;

  private static final long LARGEST_BYTES = 256L << 20;

  /** Of one task's share of the heap; the rest is for tiles, Parquet and Spark itself. */
  private static final double HEAP_SHARE = 0.2;

  /** Ranges of each core where trials have steps of their own; tasks share them by their work. */
  private static final int RANGES_OF_UNEQUAL = 8;

  /** Updates that a core does in some hundredths of a second, or tenths if they are laborious. */
  private static final double SMALLEST_WORK = 2e7;

  private RangeSizing() {}

  /**
   * Samples of one range: as many as fit into a task's memory, but so few that every core has a
   * range.
   *
   * @param samples of the run
   * @param bytesPerSample its input, memories and counts
   * @param cores that work at once
   * @param heapPerCore bytes
   */
  static int rangeSize(long samples, long bytesPerSample, int cores, long heapPerCore) {
    long budget = Math.min(LARGEST_BYTES, (long) (heapPerCore * HEAP_SHARE));
    long byMemory = budget / Math.max(1, bytesPerSample);
    long byCores = (samples + cores - 1) / cores;
    return (int) Math.max(1, Math.min(LARGEST, Math.min(byMemory, byCores)));
  }

  /**
   * (Trial, sample) pairs of one range of a sweep: as {@link #rangeSize}, but with some ranges for
   * each core where trials differ in their steps, so that cores can share the long ones; and never
   * less work than is worth a range. A sweep may begin with a few trials and be extended to a
   * million, and its ranges stay as large as they are.
   *
   * @param pairs of the sweep that is to begin
   * @param bytesPerPair input, memories and counts
   * @param work of one pair, in updates of elements and synapses
   */
  static int sweepRangeSize(
      long pairs, long bytesPerPair, Cluster cluster, double work, boolean ownSteps) {
    int most = rangeSize(Long.MAX_VALUE / 2, bytesPerPair, cluster.cores(), cluster.heapPerCore());
    int share = ownSteps ? RANGES_OF_UNEQUAL : 1;
    long parts = (long) cluster.cores() * share;
    long byCores = (pairs + parts - 1) / parts;
    double worthIt = Math.ceil(SMALLEST_WORK / Math.max(1, work));
    return (int) Math.max(1, Math.min(most, Math.max(byCores, worthIt)));
  }

  /** About how many elements of nodes, and synapses if all inputs spike, change in a step. */
  static double updatesOfAStep(Network network) {
    double updates = 0;
    for (Node node : network.nodes()) {
      updates += network.outputShape(node.name()).size();
      updates += SynapticWork.of(network, node).map(SynapticWork::dense).orElse(0L);
    }
    return updates;
  }

  /** Tasks for some ranges: as asked, or about three for each core, but never without work. */
  static int partitions(int asked, int ranges, int cores) {
    long wanted = asked > 0 ? asked : 3L * cores;
    return (int) Math.max(1, Math.min(ranges, wanted));
  }
}
