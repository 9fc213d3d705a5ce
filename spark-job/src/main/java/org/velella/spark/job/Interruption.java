package org.velella.spark.job;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.velella.spark.task.TaskStop;

/**
 * Holds the end of this process up until a run is left in order: on SIGINT and SIGTERM, before
 * Spark stops, tasks of this process may reach their next checkpoint, and the driver commits what
 * is saved. Both for a limited time only.
 */
final class Interruption implements AutoCloseable {
  /** For tasks to reach a checkpoint. */
  private static final long TASK_SECONDS = 10;

  /** For the driver to commit what is saved. */
  private static final long COMMIT_SECONDS = 15;

  /** Above Spark's own hooks, which have at most 50 more than those of file systems. */
  private static final int PRIORITY = 200;

  private final boolean local;
  private final RunListener listener;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook = this::hold;
  private volatile boolean requested;
  private volatile boolean abandoned;

  /**
   * @param local whether tasks run in this process
   */
  Interruption(boolean local, RunListener listener) {
    this.local = local;
    this.listener = listener;
    try {
      ShutdownHookManager.get()
          .addShutdownHook(hook, PRIORITY, TASK_SECONDS + COMMIT_SECONDS + 5, TimeUnit.SECONDS);
    } catch (IllegalStateException e) {
      // The process ends already.
      requested = true;
      abandoned = true;
    }
  }

  private void hold() {
    requested = true;
    try {
      if (local) {
        listener.message(
            "Stopping; tasks have %d s to reach their next checkpoint".formatted(TASK_SECONDS));
        TaskStop.request();
        if (ended.await(TASK_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      }
      abandoned = true;
      ended.await(COMMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // Whoever ends the process has no more patience.
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this process has been told to end. */
  boolean isRequested() {
    return requested;
  }

  /** Whether tasks that still run are to be left alone. */
  boolean isAbandoned() {
    return abandoned;
  }

  /** The run is in order; the process may end. */
  @Override
  public void close() {
    ended.countDown();
    if (!requested) {
      try {
        ShutdownHookManager.get().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process ends right now, and the hook holds nothing up any more.
      }
    }
  }
}
