package org.velella.spark.job;

import java.util.List;

/**
 * What came of simulating a run, or a part of it, once more.
 *
 * @param samples whose final states were compared, of all trials
 * @param steps that they were simulated
 * @param backend the backend that was asked to simulate them now
 * @param recordedBackend the backend of the run
 * @param seconds wall time
 * @param recorded what was compared of the spikes and traces of these samples
 * @param differences the first ones, by sample, node and variable; empty if every bit is the same
 */
public record Reproduction(
    long samples,
    long steps,
    String backend,
    String recordedBackend,
    double seconds,
    Recorded recorded,
    List<String> differences) {
  /**
   * Spikes and traces of a run, and what was compared of them.
   *
   * @param record what the run records, as {@code --record} says it; empty: nothing
   * @param isCompared whether it was recorded again and compared; else {@code spikes} and {@code
   *     traces} are 0
   * @param spikes recorded spikes that were compared
   * @param traces recorded values of a node's variable after a step that were compared; each is as
   *     many numbers as the node has neurons
   * @param differences of both, how many are different
   */
  public record Recorded(
      String record, boolean isCompared, long spikes, long traces, long differences) {
    /** Nothing was recorded again. */
    static Recorded left(String record) {
      return new Recorded(record, false, 0, 0, 0);
    }
  }

  /** The first difference; empty if every bit is the same. */
  public String difference() {
    return isEqual() ? "" : differences.get(0);
  }

  /** Whether every bit is the same. */
  public boolean isEqual() {
    return differences.isEmpty();
  }

  /** {@link ExitCode#DONE}, or {@link ExitCode#FAILED} if something differs. */
  public int exitCode() {
    return isEqual() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
