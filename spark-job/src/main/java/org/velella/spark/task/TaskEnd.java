package org.velella.spark.task;

import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * Whether a task is to end before its work is done, and how. Where nobody needs what it computes,
 * since another attempt has done so, Spark interrupts its thread, and it ends at once. Where the
 * job is cancelled, because a driver or a user wants it to end, Spark only marks the task, and what
 * it has computed is saved first, as it is where the run's time is spent.
 */
final class TaskEnd {
  private final TaskContext task;
  private final TaskSpec spec;

  TaskEnd(TaskContext task, TaskSpec spec) {
    this.task = task;
    this.spec = spec;
  }

  /** Throws if nobody needs what the task computes; Spark itself looks only between two records. */
  void requireWanted() {
    if (task.isInterrupted() && Thread.currentThread().isInterrupted()) {
      throw new TaskKilledException("while it simulated");
    }
  }

  /** Whether the task is to end once it has saved what it has computed. */
  boolean isNear() {
    return task.isInterrupted() || spec.isTimeSpent();
  }
}
