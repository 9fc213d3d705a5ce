package org.velella.spark.job;

/**
 * What came of a run that ended by itself.
 *
 * @param samples samples simulated to the last step: of the whole run, or, as long as others are
 *     missing, of those that were selected
 * @param failed of these samples, those that stand in {@code failures/}
 * @param failedTrials of a sweep, trials of which a sample at least stands there, -1 if they could
 *     not be read; 0 of another run
 * @param steps steps that every simulated sample has done
 * @param backend the backend that ran; {@code auto} if each executor chose its own
 * @param seconds wall time of this call
 * @param missing what the run still lacks, in words; empty if it is complete and has results
 * @param advice how often to save, by what checkpoints cost in this call; empty if there were none
 */
public record RunOutcome(
    long samples,
    long failed,
    long failedTrials,
    long steps,
    String backend,
    double seconds,
    String missing,
    String advice) {
  /** Whether all samples of the run have reached the last step, so that there are results. */
  public boolean isComplete() {
    return missing.isEmpty();
  }

  /** {@link ExitCode#DONE}, or {@link ExitCode#FAILED_SAMPLES}. */
  public int exitCode() {
    return failed == 0 ? ExitCode.DONE : ExitCode.FAILED_SAMPLES;
  }
}
