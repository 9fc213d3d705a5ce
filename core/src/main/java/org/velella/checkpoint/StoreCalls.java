package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The same call of a store for many files, several at a time: what each costs is mostly waiting for
 * the storage, and there may be a million.
 */
public final class StoreCalls {
  /** Enough to hide waiting, and few enough for any storage. */
  private static final int AT_ONCE = 32;

  /** So few are done one after the other. */
  private static final int FEW = 64;

  private StoreCalls() {}

  /** A call for one file. */
  @FunctionalInterface
  public interface Call<T> {
    void of(T file) throws IOException;
  }

  /**
   * Makes the call for every file, in no order. If one fails, no further ones are begun, and its
   * exception is thrown when those under way have ended.
   *
   * @throws IOException what a call has thrown; unchecked exceptions likewise
   */
  public static <T> void forEach(List<T> files, Call<T> call) throws IOException {
    if (files.size() <= FEW) {
      for (T file : files) {
        call.of(file);
      }
      return;
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "velella-store");
              thread.setDaemon(true);
              return thread;
            });
    try {
      AtomicInteger next = new AtomicInteger();
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < AT_ONCE; worker++) {
        workers.add(
            threads.submit(
                () -> {
                  work(files, call, next);
                  return null;
                }));
      }
      await(workers, () -> next.set(files.size()));
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> void work(List<T> files, Call<T> call, AtomicInteger next) throws IOException {
    boolean done = false;
    try {
      for (int at = next.getAndIncrement(); at < files.size(); at = next.getAndIncrement()) {
        call.of(files.get(at));
      }
      done = true;
    } finally {
      if (!done) {
        next.set(files.size());
      }
    }
  }

  private static void await(List<Future<?>> workers, Runnable stop) throws IOException {
    ExecutionException failed = null;
    for (Future<?> worker : workers) {
      try {
        worker.get();
      } catch (ExecutionException e) {
        if (failed == null) {
          failed = e;
        } else {
          failed.getCause().addSuppressed(e.getCause());
        }
      } catch (InterruptedException e) {
        stop.run();
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("Interrupted between calls of the storage");
      }
    }
    if (failed == null) {
      return;
    }
    if (failed.getCause() instanceof IOException e) {
      throw e;
    }
    if (failed.getCause() instanceof RuntimeException e) {
      throw e;
    }
    throw new IllegalStateException(failed.getCause());
  }
}
