package org.velella.spark.task;

/** Saves at every so many steps, and at the end. */
record FixedSchedule(long targetSteps, long every) implements CheckpointSchedule {
  @Override
  public long end(long from) {
    return every == 0 ? targetSteps : Math.min(targetSteps, (from / every + 1) * every);
  }
}
