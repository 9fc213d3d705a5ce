package org.velella.spark.task;

import java.util.function.BooleanSupplier;

/**
 * Pieces of about a second. Where pieces cost something by themselves, such as reading the weights
 * of a network again, they are longer. Used by one thread.
 */
final class TimedPieces implements Pieces {
  /** Before it is known how long steps take. */
  static final long FIRST_STEPS = 16;

  private static final double SECONDS = 1;

  /** Longer ones would not be done while a driver that is told to end waits. */
  private static final double MOST_SECONDS = 8;

  /** How much longer a piece takes than what all pieces take, however short they are. */
  private static final double OF_FIXED = 10;

  /** What a piece computes at least, in terms of that. */
  private static final double LEAST_OF_FIXED = 3;

  private static final double GROWTH = 8;

  /** From which ratio on, two pieces tell what is due to their lengths. */
  private static final double APART = 1.5;

  private final BooleanSupplier toEnd;
  private final long atOnce;

  /** Steps of the next piece, times rows; 0 before the first one. */
  private double next;

  /** Seconds that a piece takes however short it is: tiles begin and end. */
  private double fixed;

  /** The steps of an earlier piece, times rows, and the seconds that it took. */
  private double work;

  private double seconds;

  /**
   * Pieces of a task.
   *
   * @param toEnd whether it is to end once it has saved what it has computed
   * @param atOnce steps that the network takes at a time, of which pieces are a multiple
   */
  TimedPieces(BooleanSupplier toEnd, long atOnce) {
    this.toEnd = toEnd;
    this.atOnce = atOnce;
  }

  @Override
  public boolean areToEnd() {
    return toEnd.getAsBoolean();
  }

  @Override
  public long end(long step, long to, int rows) {
    double wanted = next == 0 ? FIRST_STEPS : next / rows;
    if (1.5 * wanted >= to - step) {
      return to;
    }
    return step + Math.min(to - step, Math.max(1, (long) wanted / atOnce) * atOnce);
  }

  @Override
  public void ran(long steps, int rows, long nanos) {
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
    double most = Math.min(MOST_SECONDS, Math.max(SECONDS, OF_FIXED * fixed));
    double wanted = Math.max(most - fixed, LEAST_OF_FIXED * fixed);
    double one = Math.max(0, took - fixed) / did;
    next = Math.max(1, Math.min(GROWTH * did, wanted / one));
  }
}
