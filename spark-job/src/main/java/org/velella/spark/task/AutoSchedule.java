package org.velella.spark.task;

/**
 * Saves as often as {@link CheckpointInterval} advises. The first interval is short, to see what
 * steps and saves take; the next ones grow by no more than a factor, since the first steps of a JVM
 * are slow.
 */
final class AutoSchedule implements CheckpointSchedule {
  private static final long FIRST_STEPS = 16;
  private static final long GROWTH = 8;

  private final long targetSteps;
  private final double mtbfSeconds;
  private long steps = FIRST_STEPS;

  AutoSchedule(long targetSteps, double mtbfSeconds) {
    this.targetSteps = targetSteps;
    this.mtbfSeconds = mtbfSeconds;
  }

  @Override
  public long end(long from) {
    return steps >= targetSteps - from ? targetSteps : from + steps;
  }

  @Override
  public void computed(
      long done, double computeSeconds, double blockedSeconds, double writeSeconds) {
    double wanted = CheckpointInterval.seconds(blockedSeconds, writeSeconds, mtbfSeconds);
    double fitting = wanted * done / Math.max(computeSeconds, 1e-9);
    long most = steps > targetSteps / GROWTH ? targetSteps : steps * GROWTH;
    steps = (long) Math.max(1, Math.min(most, fitting));
  }
}
