package org.velella.spark.task;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.provenance.Secrets;

/**
 * Saves in the background, one after the other, while the task that owns this computes on. One save
 * at most is on its way: who brings the next one waits for it. So a task that is lost takes with it
 * the interval that it was computing and the one that was being saved, never more.
 *
 * <p>Used by one thread.
 */
final class SaveQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SaveQueue.class);

  /** How long a save that was told to stop may go on before it is left alone. */
  private static final long STOP_SECONDS = 30;

  /** Writes what one interval has come to; nothing of it changes while it is on its way. */
  @FunctionalInterface
  interface Save {
    void run() throws IOException;
  }

  private final ExecutorService writer;
  private Future<?> last;

  /** Written by one save after the other. */
  private volatile long writeNanos;

  private long blockedNanos;
  private long saves;

  /**
   * @param name of the thread that writes
   */
  SaveQueue(String name) {
    writer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Hands over a save, as soon as the one before it is done.
   *
   * @throws IOException what the save before has thrown, as are its unchecked exceptions; this one
   *     is not begun then
   */
  void put(Save save) throws IOException {
    drain();
    saves++;
    last =
        writer.submit(
            () -> {
              long begun = System.nanoTime();
              save.run();
              writeNanos += System.nanoTime() - begun;
              return null;
            });
  }

  /**
   * Waits until everything handed over is saved.
   *
   * @throws IOException what a save has thrown, as are its unchecked exceptions
   */
  void drain() throws IOException {
    if (last == null) {
      return;
    }
    Future<?> awaited = last;
    long begun = System.nanoTime();
    try {
      awaited.get();
      last = null;
    } catch (InterruptedException e) {
      // The save is still on its way; closing takes care of it.
      Thread.currentThread().interrupt();
      throw new SaveInterruptedException(e);
    } catch (ExecutionException e) {
      last = null;
      throw rethrown(e.getCause());
    } finally {
      blockedNanos += System.nanoTime() - begun;
    }
  }

  private static IOException rethrown(Throwable thrown) {
    if (thrown instanceof IOException io) {
      return io;
    }
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(thrown);
  }

  /** Saves handed over so far. */
  long saves() {
    return saves;
  }

  /** How long the owner has waited for saves. */
  long blockedNanos() {
    return blockedNanos;
  }

  /** How long the finished saves took. */
  long writeNanos() {
    return writeNanos;
  }

  /**
   * Ends the thread. A save that is on its way, because computing failed after it was handed over,
   * is finished, since it is good; if the owner is interrupted, it is told to stop. Either way its
   * files are whole or not there.
   */
  @Override
  public void close() {
    writer.shutdown();
    boolean interrupted = Thread.interrupted();
    if (!interrupted && last != null) {
      try {
        last.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | CancellationException e) {
        LOG.warn("What failed after this task had failed already: {}", Secrets.hide(e.toString()));
      }
    }
    if (interrupted) {
      writer.shutdownNow();
      awaitEnd();
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      if (!writer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A save goes on although its task was killed; it can do no harm");
      }
    } catch (InterruptedException e) {
      LOG.warn("Interrupted again while a killed task's save was ending; it can do no harm");
    }
  }
}
