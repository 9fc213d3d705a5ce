package org.velella.spark.job;

/**
 * How far a run is, by what is committed in its checkpoint.
 *
 * @param ranges ranges of samples in all
 * @param rangesDone ranges that reached the last step
 * @param sampleSteps samples times steps in all
 * @param sampleStepsDone of these, committed
 * @param sampleStepsBefore of these, committed before this call began
 * @param seconds wall time since this call began
 */
public record RunProgress(
    int ranges,
    int rangesDone,
    long sampleSteps,
    long sampleStepsDone,
    long sampleStepsBefore,
    double seconds) {

  /** Sample-steps of this call per second; 0 before the first commit. */
  public double rate() {
    return seconds > 0 ? (sampleStepsDone - sampleStepsBefore) / seconds : 0;
  }

  /** Seconds left at the present rate; infinite before the first commit. */
  public double secondsLeft() {
    double rate = rate();
    return rate > 0 ? (sampleSteps - sampleStepsDone) / rate : Double.POSITIVE_INFINITY;
  }
}
