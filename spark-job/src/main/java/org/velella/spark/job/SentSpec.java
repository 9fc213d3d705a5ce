package org.velella.spark.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.velella.spark.task.TaskSpec;

/**
 * What the tasks of one call must know, on its way to executors once for all that they do: a
 * sweep's trials may be many.
 */
final class SentSpec implements AutoCloseable {
  private final JavaSparkContext spark;
  private final TaskSpec tasks;
  private final Spending spent;

  /** Null before the first task needs it. */
  private Broadcast<TaskSpec> sent;

  SentSpec(JavaSparkContext spark, TaskSpec tasks, Spending spent) {
    this.spark = spark;
    this.tasks = tasks;
    this.spent = spent;
  }

  /** Steps that every range shall have done. */
  long targetSteps() {
    return tasks.targetSteps();
  }

  /**
   * What tasks read: at the first call it is sent, and time begins to be spent; at others it is the
   * same.
   */
  Broadcast<TaskSpec> get() {
    if (sent == null) {
      sent = spark.broadcast(tasks.until(spent.tasksBegin()));
    }
    return sent;
  }

  @Override
  public void close() {
    if (sent != null) {
      Broadcasts.destroy(sent);
      sent = null;
    }
  }
}
