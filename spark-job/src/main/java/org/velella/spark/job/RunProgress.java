package org.velella.spark.job;

/**
 * How far a run is, by what is committed in its checkpoint.
 *
 * @param work trials of a sweep, samples of any other run
 * @param ranges ranges of samples in all
 * @param rangesDone ranges that reached the last step
 * @param sampleSteps samples times steps in all
 * @param sampleStepsDone of these, committed
 * @param sampleStepsBefore of these, committed before this call began
 * @param seconds wall time since this call began
 */
public record RunProgress(
    Work work,
    int ranges,
    int rangesDone,
    long sampleSteps,
    long sampleStepsDone,
    long sampleStepsBefore,
    double seconds) {
  /**
   * What users count.
   *
   * @param unit {@code trials} in a sweep, else {@code samples}
   * @param all how many there are
   * @param done that have reached the last step, a trial on all samples; those that have failed
   *     among them
   * @param before of these, done before this call began
   * @param failures samples, of any trial, that stand in {@code failures/}
   */
  public record Work(String unit, long all, long done, long before, long failures) {
    /** Such as {@code 420 of 1000 trials done, 3 samples failed}. */
    @Override
    public String toString() {
      return "%d of %d %s done, %d samples failed".formatted(done, all, unit, failures);
    }
  }

  /** Sample-steps of this call per second; 0 before the first commit. */
  public double rate() {
    return seconds > 0 ? (sampleStepsDone - sampleStepsBefore) / seconds : 0;
  }

  /** Trials, or samples, of this call per second; 0 before the first of them is done. */
  public double workRate() {
    return seconds > 0 ? (work.done() - work.before()) / seconds : 0;
  }

  /** Trials, or samples, that have not reached the last step. */
  public long remaining() {
    return work.all() - work.done();
  }

  /** Seconds left at the present rate of sample-steps; infinite before the first commit. */
  public double secondsLeft() {
    double rate = rate();
    if (sampleStepsDone == sampleSteps) {
      return 0;
    }
    return rate > 0 ? (sampleSteps - sampleStepsDone) / rate : Double.POSITIVE_INFINITY;
  }
}
