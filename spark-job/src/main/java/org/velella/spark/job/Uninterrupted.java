package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Storage fails a thread that is interrupted, so the last words of a run that somebody interrupts
 * would be lost. What is done here does not see the interrupt; whoever called sees it afterwards.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Something short that may be done twice. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /**
   * Does it.
   *
   * @throws IOException what it throws
   */
  static void run(Action action) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      boolean done = false;
      while (!done) {
        try {
          action.run();
          done = true;
        } catch (IOException | UncheckedIOException e) {
          // Interrupted meanwhile, it does it once more.
          if (!Thread.interrupted()) {
            throw e;
          }
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
