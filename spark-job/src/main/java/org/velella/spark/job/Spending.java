package org.velella.spark.job;

/** What one call has spent of its {@link Budget}. Its clock runs from the beginning. */
final class Spending {
  /** For tasks to reach a checkpoint once time is spent. */
  private static final double TASK_SECONDS = 10;

  private final Budget budget;
  private final long begun = System.nanoTime();
  private boolean tasksHaveStopped;

  Spending(Budget budget) {
    this.budget = budget;
  }

  /** Seconds since the call began. */
  double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Says that tasks have ended on their way because time is spent, by their clocks. */
  void tasksHaveStopped() {
    tasksHaveStopped = true;
  }

  private boolean isLimited() {
    return budget.seconds() != Budget.UNLIMITED;
  }

  boolean isTimeSpent() {
    return isLimited() && (tasksHaveStopped || seconds() >= budget.seconds());
  }

  /** Whether tasks that still run are to be left alone. */
  boolean isAbandoned() {
    return isLimited() && seconds() >= budget.seconds() + TASK_SECONDS;
  }

  /** What to throw once time is spent. */
  TimeLimitException timeIsSpent(Throwable cause) {
    return new TimeLimitException(budget.seconds(), cause);
  }

  /** Whether more samples have failed than may. */
  boolean isTooMany(long failures) {
    return budget.failures() != Budget.UNLIMITED && failures > budget.failures();
  }

  long allowedFailures() {
    return budget.failures();
  }
}
