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
  /** What is said of it. */
  static final String WORDS =
      "Interrupted; what was saved is kept, and the same command goes on from there";

  /** For tasks to reach a checkpoint. */
  private static final long TASK_SECONDS = 10;

  /** For the driver to commit what is saved. */
  private static final long COMMIT_SECONDS = 15;

  /** For leaving word if that is all that can be done. */
  private static final long LAST_SECONDS = 15;

  /** Above Spark's own hooks, which have at most 50 more than those of file systems. */
  private static final int PRIORITY = 200;

  private final Patience patience;
  private final RunListener listener;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook = this::hold;

  /** What is left to do if nobody has left the run in order by then. */
  private volatile Runnable last = () -> {};

  private volatile boolean requested;
  private volatile boolean abandoned;

  /**
   * How long the end is held up.
   *
   * @param taskMillis for tasks of this process to reach a checkpoint; 0 if there are none
   * @param commitMillis for the driver to commit what is saved
   */
  record Patience(long taskMillis, long commitMillis) {}

  /**
   * @param local whether tasks run in this process
   */
  Interruption(boolean local, RunListener listener) {
    this(new Patience(local ? TASK_SECONDS * 1000 : 0, COMMIT_SECONDS * 1000), listener);
  }

  Interruption(Patience patience, RunListener listener) {
    this.patience = patience;
    this.listener = listener;
    try {
      ShutdownHookManager.get()
          .addShutdownHook(
              hook, PRIORITY, TASK_SECONDS + COMMIT_SECONDS + LAST_SECONDS, TimeUnit.SECONDS);
    } catch (IllegalStateException e) {
      // The process ends already.
      requested = true;
      abandoned = true;
    }
  }

  /** What a command ends with. */
  static RunFailedException failure(Throwable cause) {
    return new RunFailedException(WORDS, cause);
  }

  /** Says what is done if the time is over and the run is still not in order. */
  void atLast(Runnable action) {
    last = action;
  }

  /** Called when this process has been told to end; returns when it may. */
  void hold() {
    requested = true;
    try {
      if (patience.taskMillis() > 0) {
        listener.message(
            "Stopping; tasks have %d s to reach their next checkpoint"
                .formatted(patience.taskMillis() / 1000));
        TaskStop.request();
        if (ended.await(patience.taskMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      abandoned = true;
      if (!ended.await(patience.commitMillis(), TimeUnit.MILLISECONDS)) {
        last.run();
      }
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
