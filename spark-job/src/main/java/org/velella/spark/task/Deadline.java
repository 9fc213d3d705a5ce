package org.velella.spark.task;

import java.io.Serializable;
import java.util.function.LongSupplier;

/**
 * When tasks are to end. The driver says it by its clock, since executors begin at any time; each
 * copy that a process reads looks at its own clock once, and then counts seconds that no clock can
 * take back. A clock that says there is more time than there ever was, or that time was over long
 * ago, has jumped and is not believed: then all of the time begins when the process does, and it is
 * the driver that ends it.
 */
public final class Deadline implements Serializable {
  /** There is none. */
  public static final Deadline NEVER = new Deadline(0, Long.MAX_VALUE);

  private static final long serialVersionUID = 1L;
  private static final long NANOS = 1_000_000;

  /** Who comes so late, or as late as there is time in all, may have come late indeed. */
  private static final long LATE_MILLIS = 3_600_000;

  private final long endMillis;
  private final long allMillis;

  /** Guarded by this: whether the process has looked at its clock, and what it has counted from. */
  private transient boolean begun;

  private transient long from;
  private transient long nanos;

  /**
   * @param endMillis when time is spent, in milliseconds since 1970
   * @param allMillis how much of it there is
   */
  public Deadline(long endMillis, long allMillis) {
    this.endMillis = endMillis;
    this.allMillis = allMillis;
  }

  boolean isOver() {
    return isOver(System::currentTimeMillis, System::nanoTime);
  }

  /**
   * As the other, by given clocks.
   *
   * @param wall milliseconds since 1970
   * @param counter nanoseconds since whenever
   */
  synchronized boolean isOver(LongSupplier wall, LongSupplier counter) {
    if (allMillis >= Long.MAX_VALUE / NANOS) {
      return false;
    }
    if (!begun) {
      begun = true;
      from = counter.getAsLong();
      long left = endMillis - wall.getAsLong();
      boolean believed = left <= allMillis && left > -Math.max(allMillis, LATE_MILLIS);
      nanos = NANOS * (believed ? Math.max(0, left) : allMillis);
    }
    return counter.getAsLong() - from >= nanos;
  }
}
