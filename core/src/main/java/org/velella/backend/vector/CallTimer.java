package org.velella.backend.vector;

import java.util.function.LongSupplier;

/**
 * Times calls of one kernel for the watch over its pace: long calls all, short ones now and then,
 * so that timing costs a few thousandths at most. For one thread.
 */
final class CallTimer {
  private static final long NOT_TIMED = Long.MIN_VALUE;

  private final LongSupplier clock;
  private final double pause;
  private double untimed;

  /**
   * A timer that has timed nothing yet.
   *
   * @param clock the time that counts, in nanoseconds
   * @param pause so many vector operations run without being timed between two calls that are
   */
  CallTimer(LongSupplier clock, double pause) {
    this.clock = clock;
    this.pause = pause;
    untimed = pause;
  }

  /** Begins a call; what it gives goes to {@link #end}. */
  long begin() {
    return untimed < pause ? NOT_TIMED : clock.getAsLong();
  }

  /** Ends a call that needed so many vector operations and bytes. */
  void end(long begun, KernelPace pace, double operations, double bytes) {
    if (begun == NOT_TIMED) {
      untimed += operations;
      return;
    }
    untimed = operations;
    pace.ran(operations, bytes, clock.getAsLong() - begun);
  }
}
