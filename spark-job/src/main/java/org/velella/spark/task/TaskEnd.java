package org.velella.spark.task;

import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.velella.module.HostFailedException;

/**
 * Whether a task is to end before its work is done, and how. Where nobody needs what it computes,
 * since another attempt has done so, Spark interrupts its thread, and it ends at once. Where the
 * job is cancelled, because a driver or a user wants it to end, Spark only marks the task, and what
 * it has computed is saved first, as it is where the run's time is spent.
 */
final class TaskEnd implements Wanted {
  private final TaskContext task;
  private final TaskSpec spec;

  TaskEnd(TaskContext task, TaskSpec spec) {
    this.task = task;
    this.spec = spec;
  }

  /** Spark itself looks only between two records. */
  @Override
  public void require() {
    if (task.isInterrupted() && Thread.currentThread().isInterrupted()) {
      throw new TaskKilledException("while it simulated");
    }
  }

  /** Of the thread nothing is asked: whoever throws another exception has taken its interrupt. */
  @Override
  public void requireOfSamples(RuntimeException thrown) {
    if (task.isInterrupted() && thrown instanceof HostFailedException) {
      TaskKilledException killed = new TaskKilledException("while it simulated");
      killed.addSuppressed(thrown);
      throw killed;
    }
  }

  /** Whether the task is to end once it has saved what it has computed. */
  boolean isNear() {
    return task.isInterrupted() || spec.isTimeSpent();
  }
}
