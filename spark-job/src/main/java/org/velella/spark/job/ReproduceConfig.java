package org.velella.spark.job;

/**
 * What is to be simulated once more.
 *
 * @param run the run's directory
 * @param trial the id of one trial of a sweep, or {@code all}; empty for a run that is no sweep
 * @param scratch where to simulate: a directory that the driver and all executors see under this
 *     name; empty: the temporary directory of this machine
 * @param recordings whether spikes and traces that the run has recorded are compared, too
 * @param manner how to compute; {@code manner.samples()} are those that are compared
 */
public record ReproduceConfig(
    String run, String trial, String scratch, Recordings recordings, Manner manner) {
  /** What becomes of what a run has recorded. */
  public enum Recordings {
    /** It is recorded again, and compared. */
    COMPARE,
    /** Nothing is recorded again; memories, spike counts and first spikes are compared. */
    LEAVE
  }

  /** Instead of the id of a trial. */
  public static final String ALL = "all";

  /** All of a run, on the scalar backend. */
  public static ReproduceConfig of(String run) {
    return new ReproduceConfig(run, "", "", Recordings.COMPARE, Manner.USUAL.withBackend("scalar"));
  }

  /** With one trial of a sweep, or {@link #ALL}. */
  public ReproduceConfig withTrial(String id) {
    return new ReproduceConfig(run, id, scratch, recordings, manner);
  }

  /** Simulated in another directory. */
  public ReproduceConfig withScratch(String directory) {
    return new ReproduceConfig(run, trial, directory, recordings, manner);
  }

  /** With or without recordings. */
  public ReproduceConfig withRecordings(Recordings other) {
    return new ReproduceConfig(run, trial, scratch, other, manner);
  }

  /** With another manner of computing. */
  public ReproduceConfig withManner(Manner other) {
    return new ReproduceConfig(run, trial, scratch, recordings, other);
  }
}
