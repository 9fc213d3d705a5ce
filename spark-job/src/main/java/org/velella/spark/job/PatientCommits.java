package org.velella.spark.job;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.velella.checkpoint.CommitStateUnknownException;

/**
 * Commits what tasks have saved, on a storage that may fail for a while: what is saved lies there,
 * and a later commit takes all of it. Used by one thread.
 */
final class PatientCommits {
  /** Between two commits while tasks run. */
  static final long MILLIS = 3000;

  /** One after the other, which is some three quarters of a minute at least. */
  static final int MOST_FAILED = 20;

  private static final long FIRST_MILLIS = 200;

  /** A commit lists all files of ranges, which of large runs takes a while. */
  private static final int PAUSES_PER_COMMIT = 4;

  private static final long MOST_MILLIS = 60_000;

  private final Commit commit;
  private final Pause pause;
  private final RunListener listener;
  private final LongSupplier nanos;
  private int failed;
  private long tookMillis;

  /** Commits what there is. */
  @FunctionalInterface
  interface Commit {
    void run() throws IOException;
  }

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  PatientCommits(Commit commit, RunListener listener) {
    this(commit, Thread::sleep, System::nanoTime, listener);
  }

  PatientCommits(Commit commit, Pause pause, LongSupplier nanos, RunListener listener) {
    this.commit = commit;
    this.pause = pause;
    this.nanos = nanos;
    this.listener = listener;
  }

  /** How long to wait for the next commit while tasks run: longer where commits take long. */
  long pauseMillis() {
    return Math.max(MILLIS, Math.min(MOST_MILLIS, PAUSES_PER_COMMIT * tookMillis));
  }

  /**
   * While tasks run, which need no commits to go on.
   *
   * @throws IOException if that has failed too often, one after the other
   */
  void meanwhile() throws IOException {
    attempt(this::pauseMillis);
  }

  /**
   * When all tasks have ended and nothing but this is left to do.
   *
   * @param unwanted whether to give up
   * @return false if it was given up
   * @throws IOException if it has failed too often
   */
  boolean atLast(BooleanSupplier unwanted) throws IOException, InterruptedException {
    failed = 0;
    long wait = FIRST_MILLIS;
    while (!attempt(waits(wait))) {
      if (unwanted.getAsBoolean()) {
        return false;
      }
      pause.millis(wait);
      wait = Math.min(MILLIS, 2 * wait);
    }
    return true;
  }

  private static LongSupplier waits(long millis) {
    return () -> millis;
  }

  /**
   * Commits, if that can be done now.
   *
   * @param again milliseconds until the next try, if it cannot
   */
  private boolean attempt(LongSupplier again) throws IOException {
    try {
      timed();
      failed = 0;
      return true;
    } catch (IOException e) {
      failed(e, IoReason.of(e), again);
    } catch (CommitStateUnknownException e) {
      failed(e, e.getMessage(), again);
    }
    return false;
  }

  private void timed() throws IOException {
    long begun = nanos.getAsLong();
    try {
      commit.run();
    } finally {
      tookMillis = (nanos.getAsLong() - begun) / 1_000_000;
    }
  }

  private <E extends Exception> void failed(E thrown, String reason, LongSupplier again) throws E {
    failed++;
    if (failed == MOST_FAILED) {
      throw thrown;
    }
    listener.message(
        "Could not commit what is saved: %s; nothing of it is lost, and it is tried again in %s s"
            .formatted(reason, again.getAsLong() / 1000.0));
  }
}
