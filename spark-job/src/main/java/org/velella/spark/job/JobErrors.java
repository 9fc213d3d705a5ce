package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
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
      Interruption.requireNone(e);
      throw e;
    }
  }
}
