package org.velella.backend.vector;

import java.util.HashMap;
import java.util.Map;

/**
 * Shares a thread's time between its work and tries of kernels that are not compiled yet. Each
 * kernel has the same part, whatever work comes before it: it waits in proportion to its own last
 * try and to the number of kernels that the thread has lately asked for. Used by one thread.
 */
final class ProbeTurns {
  private static final ThreadLocal<ProbeTurns> HERE = ThreadLocal.withInitial(ProbeTurns::new);

  /** Nobody tries for less. */
  static final long FEWEST_NANOS = 2_000_000L;

  private static final long MOST_NANOS = 50_000_000L;

  /** What is counted of a try that took far more than it was given, as in a stopped process. */
  private static final long MOST_TOOK_NANOS = 1_000_000_000L;

  /**
   * A kernel that was not asked for in so long has no part, as its population may be gone; but in a
   * round of all kernels that takes longer each has.
   */
  private static final long LATELY_NANOS = 1_000_000_000L;

  private final Share eager = new Share(2);
  private final Share patient = new Share(10);

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
    private final int parts;
    private final Map<Long, Long> asked = new HashMap<>();

    /**
     * A share of time.
     *
     * @param parts of the time, of which tries may take one
     */
    private Share(int parts) {
      this.parts = parts;
    }

    /**
     * How long a kernel may try, 0 if it has to wait.
     *
     * @param kernel a number of its own
     * @param now nanoseconds by the clock that all calls go by
     * @param last when its last try ended, or when it was made
     * @param took nanoseconds that its last try took, which may be more than it was given
     */
    long turn(long kernel, long now, long last, long took) {
      Long before = asked.put(kernel, now);
      long round = before == null ? 0 : now - before;
      asked.values().removeIf(when -> now - when > Math.max(LATELY_NANOS, round));
      long others = (long) parts * asked.size() - 1;
      long nanos = (now - last) / others;
      boolean due = nanos >= Math.max(FEWEST_NANOS, Math.min(took, MOST_TOOK_NANOS));
      return due ? Math.min(nanos, MOST_NANOS) : 0;
    }
  }
}
