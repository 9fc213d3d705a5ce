package org.velella.spark.job;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.velella.checkpoint.CommitFailedException;

/**
 * Holds the end of this process up until a run is left in order: on SIGINT and SIGTERM, before
 * Spark stops, tasks may save what they have computed, and the driver commits what is saved. Both
 * for a limited time only. Before anything is simulated, the process may end at once.
 */
final class Interruption implements AutoCloseable {
  /** What is said of it. */
  static final String WORDS =
      "Interrupted; what was saved is kept, and the same command goes on from there";

  /** For tasks to save what they have computed. */
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

  private volatile boolean simulates;
  private volatile boolean requested;
  private volatile boolean abandoned;

  /** What a process does with a run. */
  @FunctionalInterface
  interface Work<T> {
    T run(Interruption interruption) throws IOException;
  }

  /**
   * How long the end is held up.
   *
   * @param taskMillis for tasks to save what they have computed
   * @param commitMillis for the driver to commit what is saved
   */
  record Patience(long taskMillis, long commitMillis) {}

  Interruption(RunListener listener) {
    this(new Patience(TASK_SECONDS * 1000, COMMIT_SECONDS * 1000), listener);
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

  /**
   * Works on a run; if this process is told to end meanwhile, the run's status says so.
   *
   * @throws IOException what the work throws
   */
  static <T> T during(RunDirectory directory, RunListener listener, Work<T> work)
      throws IOException {
    try (Interruption interruption = new Interruption(listener)) {
      interruption.atLast(() -> directory.leave(WORDS));
      try {
        return work.run(interruption);
      } catch (CommitFailedException e) {
        // The run is another writer's, and so is its status.
        throw e;
      } catch (Exception e) {
        if (interruption.isRequested() || isOfThread(e)) {
          directory.ended(RunStatus.INTERRUPTED, WORDS);
        }
        throw e;
      }
    }
  }

  /**
   * Whether something was thrown since the thread that works on a run is interrupted. Spark throws
   * {@link InterruptedException} where it does not say so; whoever takes that interrupts the thread
   * again.
   */
  static boolean isOfThread(Throwable thrown) {
    // Without the interrupt, what was thrown is of another thread, such as a task's.
    return thrown instanceof InterruptedException
        || Thread.currentThread().isInterrupted() && isOfInterrupt(thrown);
  }

  /** Whether something was thrown since some thread was interrupted. */
  static boolean isOfInterrupt(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          || cause instanceof InterruptedIOException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Throws what a command ends with if something was thrown since this thread is interrupted, which
   * it still is then.
   */
  static void requireNone(Exception thrown) {
    if (isOfThread(thrown)) {
      Thread.currentThread().interrupt();
      throw failure(thrown);
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

  /**
   * From here on, there is something to be left in order.
   *
   * @throws RunFailedException if this process has been told to end already
   */
  void simulates() {
    simulates = true;
    if (requested) {
      throw failure(null);
    }
  }

  /** Called when this process has been told to end; returns when it may. */
  void hold() {
    requested = true;
    try {
      if (!simulates) {
        abandoned = true;
        last.run();
        return;
      }
      listener.message(
          "Stopping; tasks have %d s to save what they have computed"
              .formatted(patience.taskMillis() / 1000));
      if (ended.await(patience.taskMillis(), TimeUnit.MILLISECONDS)) {
        return;
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

  /** Whether tasks that still run are to be left alone, since the time for them is over. */
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
