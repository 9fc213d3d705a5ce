package org.velella.spark.job;

/**
 * What one call may spend on a run; the run itself remembers nothing of it.
 *
 * @param seconds wall time of simulating; {@link #UNLIMITED}: any
 * @param failures of the run's samples, of all trials, that may fail; {@link #UNLIMITED}: any
 */
public record Budget(double seconds, long failures) {
  public static final long UNLIMITED = -1;

  /** Everything may be spent. */
  public static final Budget NONE = new Budget(UNLIMITED, UNLIMITED);

  /**
   * @throws UsageException if something is out of its range; the message names the option
   */
  public Budget {
    if (seconds != UNLIMITED && !(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new UsageException(
          "--time-limit is " + seconds + " s; give a positive time, such as 90s or 2h");
    }
    if (failures != UNLIMITED) {
      requireFailures(failures);
    }
  }

  /** A number of failures, as a user says it. */
  public static long requireFailures(long failures) {
    if (failures < 0) {
      throw new UsageException(
          "--max-failures is " + failures + "; give how many samples may fail, 0 or more");
    }
    return failures;
  }

  /** When time is spent that begins to run now, in milliseconds since 1970; never if unlimited. */
  long endMillis(long nowMillis) {
    return seconds == UNLIMITED ? Long.MAX_VALUE : nowMillis + (long) Math.min(seconds * 1e3, 1e15);
  }
}
