package org.velella.backend.vector;

/**
 * Shares a thread's time between its work and tries of kernels that are not compiled yet. What a
 * thread gives is counted for it alone, so threads neither take each other's turns nor wait for
 * them. Used by one thread.
 */
final class ProbeTurns {
  private static final ThreadLocal<ProbeTurns> HERE =
      ThreadLocal.withInitial(() -> new ProbeTurns(System.nanoTime()));

  /** Nobody tries for less. */
  static final long FEWEST_NANOS = 2_000_000L;

  private static final long MOST_NANOS = 50_000_000L;

  /** Who has not asked again for so long does not wait: its population may be gone. */
  private static final long GONE_NANOS = 1_000_000_000L;

  private static final long NOBODY = 0;

  private final Share eager;
  private final Share patient;

  /**
   * A thread that begins to work.
   *
   * @param now nanoseconds by the clock that all calls go by
   */
  ProbeTurns(long now) {
    eager = new Share(1, now);
    patient = new Share(9, now);
  }

  /** Those of the calling thread. */
  static ProbeTurns here() {
    return HERE.get();
  }

  /** Kernels that are likely to be compiled soon: their tries take up to half of the time. */
  Share eager() {
    return eager;
  }

  /** The others: theirs take up to a tenth. */
  Share patient() {
    return patient;
  }

  /** What tries of one kind of kernels may take. */
  static final class Share {
    /** So many times what a try takes goes by before the next. */
    private final long work;

    private long due;

    /** Of those that wait the one whose last try is longest ago. */
    private long waiting = NOBODY;

    private long waitingLast;
    private long waitingAsked;

    /** Another one has tried since that one asked. */
    private boolean skipped;

    private Share(long work, long now) {
      this.work = work;
      due = now + work * FEWEST_NANOS;
    }

    /**
     * How long a kernel may try, 0 if it has to wait. Work may always come before the same kernel,
     * which then takes every turn; so one that waited while another tried need not wait again, but
     * all have to wait longer after it.
     *
     * @param kernel a number of its own, above 0
     * @param last when its last try ended, or when it was made
     */
    long turn(long kernel, long last, long now) {
      boolean waits = waiting == kernel;
      if (now - due >= 0 || waits && skipped) {
        waiting = waits ? NOBODY : waiting;
        skipped = waiting != NOBODY;
        return Math.max(FEWEST_NANOS, Math.min((now - last) / work, MOST_NANOS));
      }
      if (waiting == NOBODY || last - waitingLast < 0 || now - waitingAsked >= GONE_NANOS) {
        skipped &= waits;
        waiting = kernel;
        waitingLast = last;
        waits = true;
      }
      waitingAsked = waits ? now : waitingAsked;
      return 0;
    }

    /** A try ended after so long, which may be more than it was given. */
    void ended(long now, long nanos) {
      long debt = Math.max(0, due - (now - nanos));
      due = now + debt + work * nanos;
    }
  }
}
