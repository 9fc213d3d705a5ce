package org.velella.spark.job;

/**
 * What came of a run that ended by itself.
 *
 * @param samples samples simulated to the last step
 * @param failed samples that stand in {@code failures/}
 * @param steps steps that every simulated sample has done
 * @param backend the backend that ran; {@code auto} if each executor chose its own
 * @param seconds wall time of this call
 */
public record RunOutcome(long samples, long failed, long steps, String backend, double seconds) {
  /** {@link ExitCode#DONE}, or {@link ExitCode#FAILED_SAMPLES}. */
  public int exitCode() {
    return failed == 0 ? ExitCode.DONE : ExitCode.FAILED_SAMPLES;
  }
}
