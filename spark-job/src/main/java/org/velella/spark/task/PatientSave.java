package org.velella.spark.task;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.provenance.Secrets;

/**
 * Saves again what a storage has refused once: what an interval has come to is still there, so it
 * need not be computed again because of one lost request. Files of an attempt that failed have
 * names of their own; if one of them appears later, no manifest lists it, and it is collected.
 */
final class PatientSave {
  /** How long to wait before each further attempt; storages' own clients have waited before. */
  private static final long[] WAIT_MILLIS = {200, 1000};

  private static final Logger LOG = LoggerFactory.getLogger(PatientSave.class);

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  private PatientSave() {}

  /**
   * Runs a save until it succeeds, three times at most.
   *
   * @throws IOException what the first attempt threw, with what the others threw as suppressed; at
   *     once if the thread was interrupted
   */
  static void run(SaveQueue.Save save) throws IOException {
    run(save, Thread::sleep);
  }

  static void run(SaveQueue.Save save, Pause pause) throws IOException {
    IOException first = null;
    for (int attempt = 0; true; attempt++) {
      try {
        save.run();
        return;
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
        if (attempt == WAIT_MILLIS.length || isInterrupted(e)) {
          throw first;
        }
        LOG.warn("Could not save, and will try again: {}", Secrets.hide(e.toString()));
      }
      try {
        pause.millis(WAIT_MILLIS[attempt]);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw first;
      }
    }
  }

  /** An InterruptedIOException tells nothing: S3A throws it for every timeout. */
  private static boolean isInterrupted(IOException thrown) {
    return Thread.currentThread().isInterrupted() || thrown instanceof ClosedByInterruptException;
  }
}
