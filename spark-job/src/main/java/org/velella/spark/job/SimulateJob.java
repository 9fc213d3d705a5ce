package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * Simulates a network on data: reads both, checks everything that can be checked, begins a run in
 * its directory, or goes on with the one that the same configuration has begun there.
 */
public final class SimulateJob {
  private SimulateJob() {}

  /** As {@link #run(SparkSession, RunConfig, RunListener)}, without a word. */
  public static RunOutcome run(SparkSession spark, RunConfig config) {
    return run(spark, config, RunListener.SILENT);
  }

  /**
   * Simulates to the last step.
   *
   * @throws UsageException if the configuration, the network or the input cannot be used, or the
   *     output directory holds something else; nothing was computed then
   * @throws org.velella.checkpoint.CheckpointException if the run's checkpoint cannot be used, or
   *     another writer has taken the run
   * @throws org.velella.backend.BackendUnavailableException if the backend cannot run here
   * @throws RunFailedException if it stopped before the last step
   */
  public static RunOutcome run(SparkSession spark, RunConfig config, RunListener listener) {
    return JobErrors.translated(() -> simulate(spark, config, listener));
  }

  private static RunOutcome simulate(SparkSession spark, RunConfig config, RunListener listener)
      throws IOException {
    Preparation prepared = Preparation.of(spark, config, listener);
    RunDirectory directory = prepared.directory();
    boolean begins = !directory.hasRun();
    if (!begins) {
      SameRun.requireSame(
          directory.spec(), config, prepared.network(), prepared.digests(), directory.location());
    }
    prepared.requireComputable(listener);
    UserMetrics metrics = prepared.userMetrics();
    if (begins) {
      prepared.requireNoBadSamples();
    }
    return Interruption.during(
        directory,
        listener,
        interruption -> {
          if (begins) {
            prepared.begin();
          }
          Continuation run = begun(spark, config, prepared, listener);
          if (begins) {
            run.samplesAreChecked();
          }
          if (!config.userMetrics().isEmpty()) {
            metrics.keep(directory);
          }
          return run.to(
              config.steps(),
              prepared.input(),
              config.manner().withBackend(prepared.backend()),
              config.checkpointEvery(),
              interruption);
        });
  }

  /** The run that there is now, be it of this command or of another one that came first. */
  private static Continuation begun(
      SparkSession spark, RunConfig config, Preparation prepared, RunListener listener)
      throws IOException {
    RunDirectory directory = prepared.directory();
    Continuation run = new Continuation(spark, directory, listener);
    run.roomIsChecked();
    SameRun.requireSame(
        run.spec(), config, prepared.network(), prepared.digests(), directory.location());
    if (prepared.isSweep()) {
      run.trialsAre(prepared.extendTrials(listener));
    }
    return run;
  }

  /**
   * What {@link #run} would do; reads and checks the same, but writes and computes nothing.
   *
   * @throws UsageException as {@link #run}
   */
  public static RunPlan plan(SparkSession spark, RunConfig config, RunListener listener) {
    return JobErrors.translated(
        () -> {
          Preparation prepared = Preparation.of(spark, config, listener);
          RunDirectory directory = prepared.directory();
          if (directory.hasRun()) {
            SameRun.requireSame(
                directory.spec(),
                config,
                prepared.network(),
                prepared.digests(),
                directory.location());
          }
          prepared.userMetrics();
          return prepared.plan(listener);
        });
  }
}
