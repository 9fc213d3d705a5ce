package org.velella.spark.task;

/** When a task saves on its way. Used by one thread, for one range after the other. */
public interface CheckpointSchedule {
  /**
   * Instead of a number of steps: as often as is worth it, by what a checkpoint is seen to cost.
   */
  long AUTO = Long.MIN_VALUE;

  /** One that saves at every so many steps and at the end; 0: only there. */
  static CheckpointSchedule every(long steps, long targetSteps) {
    return new FixedSchedule(targetSteps, steps);
  }

  /**
   * The step at which the interval that begins at a step ends; the last step if it begins there.
   */
  long end(long from);

  /**
   * The most steps of two intervals in a row, from a step on: while one is recorded, the one before
   * is saved. All but the first and the last have the same length.
   */
  default long mostOfTwo(long from) {
    long first = end(from);
    long second = end(first);
    return Math.max(second - from, end(second) - first);
  }

  /**
   * Learns from an interval that was computed.
   *
   * @param steps it had
   * @param computeSeconds it took to compute them
   * @param blockedSeconds the task has waited so far for each of its saves, on average
   * @param writeSeconds a save has taken so far, on average; 0 before the first is done
   */
  default void computed(
      long steps, double computeSeconds, double blockedSeconds, double writeSeconds) {}
}
