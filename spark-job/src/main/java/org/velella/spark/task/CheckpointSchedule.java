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
   * How much there is to do between two steps; of later ones as much as of earlier ones, or less.
   */
  @FunctionalInterface
  interface Work {
    /** Of the steps {@code [from, to)}. */
    double of(long from, long to);
  }

  /**
   * The most that is done in one interval, from a step on. All but the first and the last have the
   * same length.
   */
  default double mostOfOne(long from, Work work) {
    long end = end(from);
    return Math.max(work.of(from, end), work.of(end, end(end)));
  }

  /**
   * The most that is done in two intervals in a row, from a step on: while one is recorded, the one
   * before is saved.
   */
  default double mostOfTwo(long from, Work work) {
    long end = end(from);
    long second = end(end);
    return Math.max(work.of(from, second), work.of(end, end(second)));
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
