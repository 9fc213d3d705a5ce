package org.velella.backend.vector;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how fast a kernel runs. One that stays far below what a calibration at the same moment
 * predicts, again and again after it had time to be compiled, is slow: the JIT has given up on it,
 * and its fallback form runs faster. Safe for several threads.
 */
final class KernelPace {
  private static final Logger LOG = LoggerFactory.getLogger(KernelPace.class);

  /** How many times slower than predicted is too slow. */
  private static final double TOLERANCE = 5;

  /** Time in which a kernel is not judged: on a busy machine it may wait long to be compiled. */
  private static final long GRACE_NANOS = 20_000_000_000L;

  /** Complaints lie so far apart, so that a short disturbance makes one at most. */
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private static final int COMPLAINTS = 3;

  /** A neuron's share of what memory beyond the caches takes, per byte; generous. */
  private static final double NANOS_PER_BYTE = 0.1;

  private final String name;
  private final double operations;
  private final double bytes;
  private final DoubleSupplier nanosPerOperation;
  private final LongSupplier clock;
  private long started;
  private boolean running;
  private long lastComplaint;
  private int complaints;
  private boolean slow;

  /**
   * The watch of one kernel.
   *
   * @param operations vector operations per neuron and step: those of a vector over its lanes
   * @param bytes read and written per neuron and step
   * @param nanosPerOperation measures what a vector operation takes now
   * @param clock in nanoseconds
   */
  KernelPace(
      String name,
      double operations,
      double bytes,
      DoubleSupplier nanosPerOperation,
      LongSupplier clock) {
    this.name = name;
    this.operations = operations;
    this.bytes = bytes;
    this.nanosPerOperation = nanosPerOperation;
    this.clock = clock;
    lastComplaint = clock.getAsLong() - PAUSE_NANOS;
  }

  /** Whether the kernel has proved slow; it stays so. */
  synchronized boolean slow() {
    return slow;
  }

  /** Takes note of a run of {@code updates} neuron steps that took {@code nanos}. */
  synchronized void ran(long updates, long nanos) {
    long now = clock.getAsLong();
    started = running ? started : now;
    running = true;
    double each = (double) nanos / updates;
    // No machine is so fast that this needs a measurement.
    if (each < TOLERANCE * bytes * NANOS_PER_BYTE) {
      // One fast run shows that the slow ones before it were a disturbance.
      complaints = 0;
      return;
    }
    if (slow || now - started < GRACE_NANOS || now - lastComplaint < PAUSE_NANOS) {
      return;
    }
    double predicted = operations * nanosPerOperation.getAsDouble() + bytes * NANOS_PER_BYTE;
    if (each <= TOLERANCE * predicted) {
      complaints = 0;
      return;
    }
    lastComplaint = now;
    complaints++;
    if (complaints == COMPLAINTS) {
      giveUp(each, predicted);
    }
  }

  /** Calls the kernel slow. */
  synchronized void giveUp(double nanos, double predicted) {
    slow = true;
    LOG.warn(
        "{}: the vector code takes {} ns per neuron and step where {} ns are expected; the"
            + " interpreter takes over, with the same results",
        name,
        "%.2f".formatted(nanos),
        "%.2f".formatted(predicted));
  }
}
