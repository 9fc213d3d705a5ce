package org.velella.spark.job;

/** Chooses how many samples a range holds. Pure, so that it can be tested without a cluster. */
final class RangeSizing {
  static final int LARGEST = 4096;

  private static final long LARGEST_BYTES = 256L << 20;

  /** Of one task's share of the heap; the rest is for tiles, Parquet and Spark itself. */
  private static final double HEAP_SHARE = 0.2;

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

  /** Tasks for some ranges: as asked, or about three for each core, but never without work. */
  static int partitions(int asked, int ranges, int cores) {
    long wanted = asked > 0 ? asked : 3L * cores;
    return (int) Math.max(1, Math.min(ranges, wanted));
  }
}
