package org.velella.spark.job;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import org.velella.network.NetworkException;
import org.velella.spark.frame.InputException;

/** What goes wrong in the rooms below, as callers of a job see it. */
final class JobErrors {
  private JobErrors() {}

  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  static <T> T translated(Action<T> action) {
    try {
      return interruptible(action);
    } catch (InputException | NetworkException e) {
      throw new UsageException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** The caller's thread knows of its interrupt afterwards, whoever has taken it. */
  private static <T> T interruptible(Action<T> action) throws IOException {
    try {
      return action.run();
    } catch (Exception e) {
      if (isOfInterrupt(e)) {
        Thread.currentThread().interrupt();
        throw Interruption.failure(e);
      }
      throw e;
    }
  }

  /** Whether this thread's interrupt is the reason; Spark throws it where it does not say so. */
  private static boolean isOfInterrupt(Exception thrown) {
    if (thrown instanceof InterruptedException) {
      return true;
    }
    // Without the interrupt, what was thrown is of another thread, such as a task's.
    boolean found = false;
    for (Throwable cause = thrown; cause != null && !found; cause = cause.getCause()) {
      found =
          cause instanceof InterruptedException
              || cause instanceof ClosedByInterruptException
              || cause instanceof InterruptedIOException;
    }
    return found && Thread.currentThread().isInterrupted();
  }
}
