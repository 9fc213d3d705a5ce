package org.velella.spark.task;

import java.util.concurrent.atomic.AtomicReference;
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

  /** What pieces before have told, be they of this task or of an earlier one. */
  private final AtomicReference<Pace> told;

  private Pace pace;

  /**
   * What is known of how long pieces take.
   *
   * @param next steps of the next piece, times rows; 0 before the first one
   * @param fixed seconds that a piece takes however short it is: tiles begin and end
   * @param work the steps of an earlier piece, times rows
   * @param seconds that it took
   */
  record Pace(double next, double fixed, double work, double seconds) {
    static final Pace UNKNOWN = new Pace(0, 0, 0, 0);

    /** What is known once another piece has taken some time. */
    Pace after(double did, double took) {
      double fixedNow = fixed;
      boolean apart = did > APART * work || work > APART * did;
      if (work != 0 && apart) {
        double each = Math.max(0, (took - seconds) / (did - work));
        fixedNow = Math.max(0, took - each * did);
      }
      double most = Math.min(MOST_SECONDS, Math.max(SECONDS, OF_FIXED * fixedNow));
      double wanted = Math.max(most - fixedNow, LEAST_OF_FIXED * fixedNow);
      double one = Math.max(0, took - fixedNow) / did;
      double steps = Math.max(1, Math.min(GROWTH * did, wanted / one));
      return apart
          ? new Pace(steps, fixedNow, did, took)
          : new Pace(steps, fixedNow, work, seconds);
    }
  }

  /**
   * Pieces of a task that knows nothing of their pace.
   *
   * @param toEnd whether it is to end once it has saved what it has computed
   * @param atOnce steps that the network takes at a time, of which pieces are a multiple
   */
  TimedPieces(BooleanSupplier toEnd, long atOnce) {
    this(toEnd, atOnce, new AtomicReference<>(Pace.UNKNOWN));
  }

  /**
   * Pieces of a task that begins with what others have learned.
   *
   * @param told what pieces before have told; is told what these do
   */
  TimedPieces(BooleanSupplier toEnd, long atOnce, AtomicReference<Pace> told) {
    this.toEnd = toEnd;
    this.atOnce = atOnce;
    this.told = told;
    pace = told.get();
  }

  @Override
  public boolean areToEnd() {
    return toEnd.getAsBoolean();
  }

  @Override
  public long end(long step, long to, int rows) {
    double wanted = pace.next() == 0 ? FIRST_STEPS : pace.next() / rows;
    if (1.5 * wanted >= to - step) {
      return to;
    }
    return step + Math.min(to - step, Math.max(1, (long) wanted / atOnce) * atOnce);
  }

  @Override
  public void ran(long steps, int rows, long nanos) {
    pace = pace.after((double) steps * rows, nanos * 1e-9);
    if (pace.fixed() <= SECONDS) {
      // Much more may be a pause of this machine, which others need not count on.
      told.set(pace);
    }
  }
}
