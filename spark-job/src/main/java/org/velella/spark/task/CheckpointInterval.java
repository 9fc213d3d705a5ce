package org.velella.spark.task;

/**
 * How long computing should go on between two checkpoints. Saving often costs time, saving seldom
 * repeats more work after a failure; Young (1974) finds the least loss at {@code sqrt(2 C M)}, C
 * being how long a checkpoint holds the work up and M the mean time between failures of what
 * computes it, here one executor.
 */
public final class CheckpointInterval {
  /** Between failures of one executor, as long as nobody knows better. */
  public static final double USUAL_MTBF_SECONDS = 24 * 3600;

  private static final double LEAST_SECONDS = 30;
  private static final double MOST_SECONDS = 1800;

  /** Saves go on beside the computing, but the disks are other users' too. */
  private static final double MOST_WRITING = 0.1;

  private CheckpointInterval() {}

  /**
   * Seconds from one checkpoint to the next: by Young's formula, between 30 seconds and 30 minutes,
   * but never less than ten times what a save takes.
   *
   * @param blockedSeconds C: what one checkpoint holds the computing up
   * @param writeSeconds what one save takes from beginning to end
   * @param mtbfSeconds M
   */
  public static double seconds(double blockedSeconds, double writeSeconds, double mtbfSeconds) {
    double young = Math.sqrt(2 * blockedSeconds * mtbfSeconds);
    double clamped = Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, young));
    return Math.max(clamped, Math.max(writeSeconds, blockedSeconds) / MOST_WRITING);
  }
}
