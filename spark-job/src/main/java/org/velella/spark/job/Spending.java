package org.velella.spark.job;

import org.velella.spark.task.Deadline;

/** What one call has spent of its {@link Budget}. */
final class Spending {
  /** For tasks to reach a checkpoint once time is spent. */
  private static final double TASK_SECONDS = 10;

  private final Budget budget;
  private final long begun = System.nanoTime();
  private boolean tasksHaveStopped;

  /** When the first tasks began, which is when time begins to be spent; 0 before. */
  private long tasksBegun;

  private Deadline end;

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

  /** Says that tasks begin; gives when they are to end. */
  Deadline tasksBegin() {
    if (tasksBegun == 0) {
      tasksBegun = System.nanoTime();
      end = budget.deadline(System.currentTimeMillis());
    }
    return end;
  }

  private double taskSeconds() {
    return tasksBegun == 0 ? 0 : (System.nanoTime() - tasksBegun) / 1e9;
  }

  private boolean isLimited() {
    return budget.seconds() != Budget.UNLIMITED;
  }

  boolean isTimeSpent() {
    return isLimited() && (tasksHaveStopped || taskSeconds() >= budget.seconds());
  }

  /** Whether tasks that still run are to be left alone. */
  boolean isAbandoned() {
    return isLimited() && taskSeconds() >= budget.seconds() + TASK_SECONDS;
  }

  /** What to throw once time is spent. */
  TimeLimitException timeIsSpent(Throwable cause) {
    return new TimeLimitException(budget.seconds(), cause);
  }

  /** Throws if more samples have failed than may. */
  void requireFewFailures(long failures) {
    if (budget.failures() != Budget.UNLIMITED && failures > budget.failures()) {
      throw new TooManyFailuresException(failures, budget.failures());
    }
  }
}
