package org.velella.spark.task;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Does something once nothing has happened for a while; then again after it has. Thread-safe. */
final class IdleTimer {
  private final ScheduledExecutorService scheduler;
  private final LongSupplier nanoTime;
  private final long nanos;
  private final Runnable action;

  /** Guarded by this, as is whether a look is due. */
  private long last;

  private boolean waiting;

  /**
   * @param nanoTime the present, as {@link System#nanoTime} gives it
   * @param seconds without anything happening
   */
  IdleTimer(
      ScheduledExecutorService scheduler, LongSupplier nanoTime, long seconds, Runnable action) {
    this.scheduler = scheduler;
    this.nanoTime = nanoTime;
    nanos = TimeUnit.SECONDS.toNanos(seconds);
    this.action = action;
  }

  /** Says that something has happened. */
  synchronized void touch() {
    last = nanoTime.getAsLong();
    if (!waiting) {
      waiting = true;
      scheduler.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    synchronized (this) {
      long rest = nanos - (nanoTime.getAsLong() - last);
      if (rest > 0) {
        scheduler.schedule(this::look, rest, TimeUnit.NANOSECONDS);
        return;
      }
      waiting = false;
    }
    action.run();
  }
}
