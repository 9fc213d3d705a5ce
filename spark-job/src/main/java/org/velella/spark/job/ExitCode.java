package org.velella.spark.job;

/** What a command returns to the shell. */
public final class ExitCode {
  public static final int DONE = 0;
  public static final int FAILED = 1;

  /** Wrong usage or input; nothing was computed. */
  public static final int USAGE = 2;

  /** Finished, but some samples stand in {@code failures/}. */
  public static final int FAILED_SAMPLES = 3;

  /** Another writer holds the run. */
  public static final int OTHER_WRITER = 4;

  public static final int CHECKPOINT_UNUSABLE = 5;
  public static final int DEVICE_UNAVAILABLE = 6;

  /** The time limit was spent before the run was complete; the same command goes on. */
  public static final int TIME_LIMIT = 7;

  private ExitCode() {}
}
