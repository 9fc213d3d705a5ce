package org.velella.backend.vector;

import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Time for running kernels before they are used. Safe for several threads. */
final class PrimingBudget {
  private final LongSupplier clock;
  private long left;

  /**
   * A budget.
   *
   * @param nanos what may be spent in all
   * @param clock in nanoseconds
   */
  PrimingBudget(long nanos, LongSupplier clock) {
    left = nanos;
    this.clock = clock;
  }

  /** Nanoseconds that are left; below 0 by what work took beyond its time. */
  synchronized long left() {
    return left;
  }

  /**
   * Does some work and counts how long it takes, unless too little is left.
   *
   * @param least with less left nothing is begun
   * @param most what this work may take
   * @param work is told what it may take
   */
  synchronized void spend(long least, long most, LongConsumer work) {
    if (left >= least) {
      long start = clock.getAsLong();
      work.accept(Math.min(left, most));
      left -= clock.getAsLong() - start;
    }
  }

  /** Calls something so many times, none of which begins at {@code end} or later. */
  static void repeat(LongSupplier clock, long end, int calls, IntConsumer body) {
    for (int call = 0; call < calls && clock.getAsLong() < end; call++) {
      body.accept(call);
    }
  }
}
