package org.velella.spark.task;

/**
 * The pace of something that gets faster while the JIT compiles it: what is done is added up in
 * windows of time, until two in a row are hardly faster than the ones before them.
 */
final class SteadyPace {
  /** What is longer alone is a window of its own. */
  static final long WINDOW_NANOS = 250_000_000;

  /** The JIT has other things to compile first, and code is as slow all that time. */
  private static final long LEAST_NANOS = 3_000_000_000L;

  /** Nobody waits longer for an estimate. */
  private static final long MOST_NANOS = 10_000_000_000L;

  private static final double HARDLY = 1.25;
  private static final int STEADY = 2;

  /** Of the window at hand. */
  private double moreWork;

  private long moreNanos;

  /** Of the last whole window. */
  private double work;

  private long nanos;
  private long all;
  private int steady;
  private boolean found;

  /** Adds what was done in some time. */
  void add(double done, long took) {
    moreWork += done;
    moreNanos += took;
    all += took;
    if (moreNanos < WINDOW_NANOS) {
      return;
    }
    boolean faster = nanos == 0 || moreWork / moreNanos > HARDLY * work / nanos;
    steady = faster ? 0 : steady + 1;
    work = moreWork;
    nanos = moreNanos;
    moreWork = 0;
    moreNanos = 0;
    found = all >= MOST_NANOS || all >= LEAST_NANOS && steady >= STEADY;
  }

  /** Whether it gets no faster, or has been looked at for long enough. */
  boolean isFound() {
    return found;
  }

  /** What was done in the last window. */
  double work() {
    return work;
  }

  /** How long that window was. */
  long nanos() {
    return nanos;
  }
}
