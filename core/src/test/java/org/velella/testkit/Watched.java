package org.velella.testkit;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Work of many short pieces, done in a thread of its own, so that a piece that never ends fails a
 * test instead of keeping it for ever. Java cannot end a thread; what hangs is left to itself until
 * the JVM ends.
 */
final class Watched {
  private static final long LOOK_MILLIS = 100;

  private final long limitNanos;

  /** The piece at hand; null before the first. */
  private volatile Piece piece;

  private record Piece(Supplier<String> name, long begun) {}

  /** Work that says when each of its pieces begins. */
  @FunctionalInterface
  interface Work<T> {
    T run(Watched watched) throws Exception;
  }

  private Watched(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /** Says that the piece before has ended and one of a name begins. */
  void begins(Supplier<String> name) {
    piece = new Piece(name, System.nanoTime());
  }

  /**
   * Does some work.
   *
   * @param limitNanos that a piece may take by the clock
   * @throws AssertionError if a piece takes longer, with its name and where it hangs; or what the
   *     work throws
   */
  static <T> T run(long limitNanos, Work<T> work) {
    Watched watched = new Watched(limitNanos);
    Callable<T> call = () -> work.run(watched);
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, Thread.currentThread().getName() + "-watched");
    thread.setDaemon(true);
    thread.start();
    try {
      return watched.await(task, thread);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private <T> T await(FutureTask<T> task, Thread thread) throws InterruptedException {
    while (true) {
      try {
        return task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        requireProgress(thread);
      } catch (ExecutionException e) {
        throw rethrown(e.getCause());
      }
    }
  }

  private void requireProgress(Thread thread) {
    Piece now = piece;
    if (now != null && System.nanoTime() - now.begun() > limitNanos) {
      String where =
          Arrays.stream(thread.getStackTrace())
              .map(String::valueOf)
              .collect(Collectors.joining("\n  "));
      throw new AssertionError(
          "%s has not ended after %.1f s; it is at%n  %s"
              .formatted(now.name().get(), limitNanos * 1e-9, where));
    }
  }

  private static RuntimeException rethrown(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    return new IllegalStateException(thrown);
  }
}
