package org.velella.spark.job;

/**
 * What came of simulating a run, or a part of it, once more.
 *
 * @param samples whose final states were compared, of all trials
 * @param steps that they were simulated
 * @param backend the backend that was asked to simulate them now
 * @param recordedBackend the backend of the run
 * @param seconds wall time
 * @param difference the first one, by sample, node and variable; empty if every bit is the same
 */
public record Reproduction(
    long samples,
    long steps,
    String backend,
    String recordedBackend,
    double seconds,
    String difference) {
  /** Whether every bit is the same. */
  public boolean isEqual() {
    return difference.isEmpty();
  }

  /** {@link ExitCode#DONE}, or {@link ExitCode#FAILED} if something differs. */
  public int exitCode() {
    return isEqual() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
