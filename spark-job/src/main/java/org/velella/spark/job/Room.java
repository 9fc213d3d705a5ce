package org.velella.spark.job;

import org.apache.spark.SparkContext;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.ScratchRoom;

/**
 * Whether tasks have room for a run's ranges and what they record.
 *
 * @param fixed whether the run has begun, so that its ranges stay as they are
 * @param steps that the run is to do in all
 * @param checkpointEvery steps between two checkpoints; 0: one at the end
 */
record Room(boolean fixed, long steps, long checkpointEvery) {
  /**
   * Compares what is needed with what the cluster has.
   *
   * @throws UsageException if it does not fit; the message has the estimate and what to do
   */
  void require(SparkContext spark, MemoryNeed need, RangeIndex index) {
    Cluster cluster = Cluster.of(spark);
    int tasks = Math.min(cluster.cores(), index.ranges());
    int samples = index.size(0);
    need.requireFits(samples, cluster.heapPerTask(tasks), fixed);
    // Elsewhere the disks are the executors', and their tasks look.
    if (spark.isLocal() && checkpointEvery != Manner.AUTO) {
      long atOnce =
          checkpointEvery > 0 && checkpointEvery < steps
              ? Math.min(steps, 2 * checkpointEvery)
              : steps;
      need.requireScratch(samples, atOnce, tasks, ScratchRoom.freeBytes());
    }
  }
}
