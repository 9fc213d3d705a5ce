package org.velella.spark.job;

import org.velella.spark.task.Deadline;

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

  /** When time is spent that begins to run now; never if unlimited. */
  Deadline deadline(long nowMillis) {
    if (seconds == UNLIMITED) {
      return Deadline.NEVER;
    }
    long millis = (long) Math.min(Math.ceil(seconds * 1e3), 1e12);
    return new Deadline(nowMillis + millis, millis);
  }
}
