package org.velella.backend.vector;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a new kernel on a few neurons until the JIT has compiled it, and tells whether it has: cold,
 * each vector is an object, and the interpreter of blocks is many times faster. Safe for several
 * threads.
 */
final class NeuronProbe {
  private static final Logger LOG = LoggerFactory.getLogger(NeuronProbe.class);

  /** How many times the predicted time a call may take. */
  private static final double TOLERANCE = 5;

  /**
   * More than compiled code took for a vector operation on any machine that was measured (0.15 to
   * 0.5 ns). Where a JVM has much else to compile, the calibration may be cold itself.
   */
  private static final double MOST_NANOS_PER_OPERATION = 1;

  /** What beginning a call may take besides. */
  private static final double NANOS_PER_CALL = 200;

  /**
   * Until a kernel's tries have had a core for so long, they are likely to end soon: what the JIT
   * waits for is that cold code has run often enough. Code that it has not compiled by then it may
   * never compile.
   */
  private static final long EAGER_NANOS = 1_500_000_000L;

  /** After so long in use somebody should know. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** Of a longer pause between two questions the rest is not use. */
  private static final long LONGEST_PAUSE_NANOS = 5_000_000_000L;

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.incrementAndGet();
  private final String name;
  private final double operations;
  private final Clocks clocks;
  private final ReentrantLock trying = new ReentrantLock();

  /** What tries run, null when there are no more; like all below by the lock. */
  private Runnable work;

  private long last;
  private long took;

  /** Processor time of all tries. */
  private long spent;

  /** When it was asked for last, and how long it has been in use by then. */
  private long asked;

  private long used;

  private boolean told;
  private volatile boolean eager = true;
  private volatile boolean warm;

  /**
   * What probes go by.
   *
   * @param now nanoseconds
   * @param spent nanoseconds that the calling thread has had a core
   * @param nanosPerOperation measures what a vector operation takes now
   */
  record Clocks(LongSupplier now, LongSupplier spent, DoubleSupplier nanosPerOperation) {
    static final Clocks HERE =
        new Clocks(System::nanoTime, Watches.processorTime(), Calibration::nanosPerOperationHere);
  }

  /**
   * A probe of one kernel.
   *
   * @param work runs it, as two calls
   * @param operations vector operations in {@code work}
   */
  NeuronProbe(String name, Runnable work, double operations, Clocks clocks) {
    this.name = name;
    this.work = work;
    this.operations = operations;
    this.clocks = clocks;
    last = clocks.now().getAsLong();
    asked = last;
  }

  /** Runs the kernel for at most so long, less if it is compiled before. */
  void prime(long nanos) {
    trying.lock();
    try {
      long end = clocks.now().getAsLong() + nanos;
      for (long left = nanos; !warm && left > 0; left = end - clocks.now().getAsLong()) {
        attempt(Math.min(left, ProbeTurns.FEWEST_NANOS));
      }
    } finally {
      trying.unlock();
    }
  }

  /**
   * Whether the kernel runs at its pace; if it has not yet, tries when it is its turn, unless
   * another thread does.
   *
   * @param turns those of the calling thread
   */
  boolean warm(ProbeTurns turns) {
    if (!warm && trying.tryLock()) {
      try {
        if (!warm) {
          takeTurn(turns);
        }
      } finally {
        trying.unlock();
      }
    }
    return warm;
  }

  private void takeTurn(ProbeTurns turns) {
    ProbeTurns.Share share = eager ? turns.eager() : turns.patient();
    long start = clocks.now().getAsLong();
    used += Math.min(start - asked, LONGEST_PAUSE_NANOS);
    asked = start;
    long nanos = share.turn(number, start, last, took);
    if (nanos > 0) {
      attempt(nanos);
      took = last - start;
    }
  }

  /** Whether tries have shown that the kernel runs at its pace. */
  boolean warm() {
    return warm;
  }

  /** Whether tries so far were too few to say that the code may never be compiled. */
  boolean eager() {
    return eager;
  }

  /**
   * Whether two calls are as fast as compiled code is.
   *
   * @param nanos that they took
   * @param operations vector operations in them
   * @param nanosPerOperation by the calibration
   */
  static boolean keepsPace(long nanos, double operations, double nanosPerOperation) {
    double predicted = operations * Math.min(MOST_NANOS_PER_OPERATION, nanosPerOperation);
    return nanos <= 2 * NANOS_PER_CALL + TOLERANCE * predicted;
  }

  /** Runs the kernel for so long, or until it keeps pace. */
  private void attempt(long nanos) {
    long spentBefore = clocks.spent().getAsLong();
    long first = clocks.now().getAsLong();
    double nanosPerOperation = Double.NaN;
    boolean compiled;
    do {
      long start = clocks.now().getAsLong();
      work.run();
      last = clocks.now().getAsLong();
      long call = last - start;
      compiled = keepsPace(call, operations, MOST_NANOS_PER_OPERATION);
      if (compiled) {
        // The calibration takes far longer than the call, so cold code does without.
        boolean measured = !Double.isNaN(nanosPerOperation);
        nanosPerOperation = measured ? nanosPerOperation : clocks.nanosPerOperation().getAsDouble();
        compiled = keepsPace(call, operations, nanosPerOperation);
      }
    } while (!compiled && last - first < nanos);
    spent += clocks.spent().getAsLong() - spentBefore;
    eager = spent < EAGER_NANOS;
    if (compiled) {
      work = null;
      warm = true;
    } else if (!told && used > PATIENCE_NANOS) {
      told = true;
      LOG.warn(
          "{}: the JIT has not compiled the vector code in {} s; slower code runs in its place, with"
              + " the same results",
          name,
          used / 1_000_000_000);
    }
  }
}
