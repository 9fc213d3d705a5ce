package org.velella.spark.task;

import java.io.Serializable;
import java.util.function.LongSupplier;

/**
 * When tasks are to end. The driver says it by its clock, since executors begin at any time; each
 * process looks at its own clock once, and then counts seconds that no clock can take back. A clock
 * that is so wrong that it cannot be believed, because it has jumped, is not believed: then all of
 * the time begins when the process does, and it is the driver that ends it.
 */
public final class Deadline implements Serializable {
  /** There is none. */
  public static final Deadline NEVER = new Deadline(0, Long.MAX_VALUE);

  private static final long serialVersionUID = 1L;
  private static final long NANOS = 1_000_000;

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
      nanos = NANOS * (left > 0 && left <= allMillis ? left : allMillis);
    }
    return counter.getAsLong() - from >= nanos;
  }
}
