package org.velella.backend.vector;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how fast a kernel runs. One that stays far below what a calibration at the same moment
 * predicts, again and again after it had time to be compiled, is slow: the JIT has given up on it,
 * and its plain form runs faster. Safe for several threads.
 */
final class KernelPace {
  private static final Logger LOG = LoggerFactory.getLogger(KernelPace.class);

  /** How many times slower than predicted is too slow. */
  private static final double TOLERANCE = 5;

  /** Time in which a kernel is not judged: on a busy machine it may wait long to be compiled. */
  private static final long GRACE_NANOS = 20_000_000_000L;

  /** Measurements lie so far apart, so that a short disturbance makes one complaint at most. */
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private static final int COMPLAINTS = 3;

  /** What memory beyond the caches takes for a byte; generous. */
  private static final double NANOS_PER_BYTE = 0.1;

  /** What a vector operation takes on any machine at least. */
  private static final double LEAST_NANOS_PER_OPERATION = 0.05;

  /** What beginning a call and timing it take. */
  private static final double NANOS_PER_CALL = 500;

  private final String name;
  private final DoubleSupplier nanosPerOperation;
  private final LongSupplier clock;
  private long started;
  private boolean running;
  private long measured;
  private int complaints;
  private volatile boolean slow;

  /**
   * The watch of one kernel.
   *
   * @param name what it computes, for the log
   * @param nanosPerOperation measures what a vector operation takes now
   * @param clock in nanoseconds
   */
  KernelPace(String name, DoubleSupplier nanosPerOperation, LongSupplier clock) {
    this.name = name;
    this.nanosPerOperation = nanosPerOperation;
    this.clock = clock;
    measured = clock.getAsLong() - PAUSE_NANOS;
  }

  /** Whether the kernel has proved slow; it stays so. */
  boolean slow() {
    return slow;
  }

  /**
   * Takes note of a call.
   *
   * @param operations vector operations that it needs, loads and stores among them
   * @param bytes that it reads and writes
   * @param nanos how long it took
   */
  synchronized void ran(double operations, double bytes, long nanos) {
    long now = clock.getAsLong();
    started = running ? started : now;
    running = true;
    double least = NANOS_PER_CALL + bytes * NANOS_PER_BYTE;
    if (nanos <= TOLERANCE * (least + operations * LEAST_NANOS_PER_OPERATION)) {
      // One fast run shows that the slow ones before it were a disturbance.
      complaints = 0;
      return;
    }
    if (slow || now - started < GRACE_NANOS || now - measured < PAUSE_NANOS) {
      return;
    }
    measured = now;
    double predicted = least + operations * nanosPerOperation.getAsDouble();
    if (nanos <= TOLERANCE * predicted) {
      complaints = 0;
      return;
    }
    complaints++;
    if (complaints == COMPLAINTS) {
      giveUp(nanos, predicted);
    }
  }

  /** Calls the kernel slow. */
  synchronized void giveUp(double nanos, double predicted) {
    slow = true;
    LOG.warn(
        "{}: the vector code took {} us where {} us are expected, three times in a row; plain code"
            + " takes over, with the same results",
        name,
        "%.1f".formatted(nanos / 1000),
        "%.1f".formatted(predicted / 1000));
  }
}
