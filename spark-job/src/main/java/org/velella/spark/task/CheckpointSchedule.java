package org.velella.spark.task;

/** When a task saves on its way. Used by one thread, for one range after the other. */
public interface CheckpointSchedule {
  /**
   * Instead of a number of steps: as often as is worth it, by what a checkpoint is seen to cost.
   */
  long AUTO = Long.MIN_VALUE;

  /** The step at which the interval that begins at a step ends. */
  long end(long from);

  /**
   * Learns from an interval that was computed.
   *
   * @param steps it had
   * @param computeSeconds it took to compute them
   * @param blockedSeconds the task has waited so far for each of its saves, on average
   * @param writeSeconds a save has taken so far, on average; 0 before the first is done
   */
  void computed(long steps, double computeSeconds, double blockedSeconds, double writeSeconds);
}
