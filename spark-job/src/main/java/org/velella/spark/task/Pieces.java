package org.velella.spark.task;

import java.util.function.BooleanSupplier;

/**
 * Cuts what a task computes between two checkpoints into pieces of about a second, each of which
 * all tiles finish before any of them begins the next one. So a task that is to end can save a
 * state soon that all its rows have reached. Used by one thread.
 */
final class Pieces {
  /** For whoever saves nothing on the way: one piece, whose end is that of the interval. */
  static final Pieces NONE = new Pieces(() -> false, Long.MAX_VALUE, 1);

  /** Before it is known how long steps take. */
  static final long FIRST_STEPS = 256;

  private static final double SECONDS = 1;

  /** Longer ones would not be done while a driver that is told to end waits. */
  private static final double MOST_SECONDS = 8;

  /** How much longer a piece takes than what all pieces take, however short they are. */
  private static final double OF_FIXED = 10;

  private static final double GROWTH = 8;

  /** From which ratio on, two pieces tell what is due to their lengths. */
  private static final double APART = 1.5;

  private final BooleanSupplier toEnd;
  private final long first;
  private final long atOnce;

  /** Steps of the next piece, times rows; 0 before the first one. */
  private double next;

  /** Seconds that a piece takes however short it is: tiles begin and end. */
  private double fixed;

  /** The steps of an earlier piece, times rows, and the seconds that it took. */
  private double work;

  private double seconds;

  private Pieces(BooleanSupplier toEnd, long first, long atOnce) {
    this.toEnd = toEnd;
    this.first = first;
    this.atOnce = atOnce;
  }

  /**
   * Pieces of a task.
   *
   * @param toEnd whether it is to end once it has saved what it has computed
   * @param atOnce steps that the network takes at a time, of which pieces are a multiple
   */
  static Pieces of(BooleanSupplier toEnd, long atOnce) {
    return new Pieces(toEnd, FIRST_STEPS, atOnce);
  }

  /** Whether the task is to begin no further piece. */
  boolean areToEnd() {
    return toEnd.getAsBoolean();
  }

  /**
   * The end of the piece that begins at a step.
   *
   * @param to where the last piece ends, which may be half as long again as others
   * @param rows that run
   */
  long end(long step, long to, int rows) {
    double wanted = next == 0 ? first : next / rows;
    if (1.5 * wanted >= to - step) {
      return to;
    }
    return step + Math.min(to - step, Math.max(1, (long) wanted / atOnce) * atOnce);
  }

  /** Learns from a piece that was computed. */
  void ran(long steps, int rows, long nanos) {
    if (first == Long.MAX_VALUE) {
      return;
    }
    double did = (double) steps * rows;
    double took = nanos * 1e-9;
    if (work == 0) {
      work = did;
      seconds = took;
    } else if (did > APART * work || work > APART * did) {
      double each = Math.max(0, (took - seconds) / (did - work));
      fixed = Math.max(0, took - each * did);
      work = did;
      seconds = took;
    }
    double wanted = Math.min(MOST_SECONDS, Math.max(SECONDS, OF_FIXED * fixed)) - fixed;
    double one = Math.max(0, took - fixed) / did;
    next = Math.max(1, wanted > 0 ? Math.min(GROWTH * did, wanted / one) : GROWTH * did);
  }
}
