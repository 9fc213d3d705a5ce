package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import org.velella.provenance.BackendChoice;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.InputSources;
import org.velella.spark.frame.InputSpec;
import org.velella.spark.frame.RangeIndex;

/**
 * Goes on with a run, on any number of partitions and any backend: finishes what is missing, or
 * takes it further. What the run is stands in its directory; its input is read again from where it
 * was.
 *
 * <p>With {@link ResumeConfig#output()}, the run stays as it is, byte for byte, and a branch goes
 * on in another directory, from the run's last committed step and with other parameters if so
 * wanted. Spike counts and first spikes of the branch's results count from the run's beginning, so
 * that a branch without changes ends with the results of a longer run, bit for bit; its spikes and
 * traces begin where it left the run, whose tables have those before. The branch's {@code
 * _run/run.json} says which run, manifest and step it comes from, and what was changed.
 */
public final class ResumeJob {
  private ResumeJob() {}

  /** As {@link #run(SparkSession, ResumeConfig, RunListener)}, without a word. */
  public static RunOutcome run(SparkSession spark, ResumeConfig config) {
    return run(spark, config, RunListener.SILENT);
  }

  /**
   * Simulates to the run's last step, or beyond.
   *
   * @throws UsageException if there is no run, or its input is missing or has changed; for a branch
   *     also if the run's samples stand at different steps, there is no parameter of a name, the
   *     network cannot take its value, or the branch's directory holds something else
   * @throws org.velella.checkpoint.CheckpointException if the run's checkpoint cannot be used, or
   *     another writer has taken the run
   * @throws org.velella.backend.BackendUnavailableException if the backend cannot run here
   * @throws RunFailedException if it stopped before the last step
   */
  public static RunOutcome run(SparkSession spark, ResumeConfig config, RunListener listener) {
    return JobErrors.translated(() -> resume(spark, config, listener));
  }

  /**
   * What {@link #run} would do; reads and checks the same, but writes and computes nothing.
   *
   * @throws UsageException as {@link #run}
   */
  public static RunPlan plan(SparkSession spark, ResumeConfig config, RunListener listener) {
    return JobErrors.translated(
        () -> {
          RunDirectory directory =
              RunDirectory.of(config.run(), spark.sparkContext().hadoopConfiguration());
          Continuation run = new Continuation(spark, directory, listener);
          boolean branches = !config.output().isBlank();
          long steps =
              branches
                  ? new Branching(spark, directory, config, listener).plannedSteps()
                  : steps(run, config);
          return plan(spark, run, config, steps, branches, listener);
        });
  }

  private static RunPlan plan(
      SparkSession spark,
      Continuation run,
      ResumeConfig config,
      long steps,
      boolean branches,
      RunListener listener)
      throws IOException {
    BackendChoice backend =
        BackendCheck.choose(spark.sparkContext(), config.manner().backend(), listener);
    InputSource input = input(spark, run, config, steps, listener);
    long present = run.presentTarget();
    if (present > 0 && steps > present) {
      input.requireLongEnough(present, steps);
    }
    RangeIndex index = run.index();
    RunDirectory to =
        RunDirectory.of(
            branches ? config.output() : config.run(), spark.sparkContext().hadoopConfiguration());
    run.requireRoom(
        input, steps, config.checkpointEvery(run.spec().checkpointEvery()), config.manner(), to);
    PlannedWork work = run.work(input, run.spec().orAsBegun(config.manner()), steps);
    return RunPlan.of(
        run.network(),
        run.spec().metrics(),
        run.trials().count(),
        input.facts(),
        index,
        steps,
        backend,
        work.done(run.saved(), run.tasks()),
        !branches);
  }

  private static long steps(Continuation run, ResumeConfig config) throws IOException {
    long present = run.presentTarget();
    return RunConfigCheck.requireSteps(
        (present == 0 ? run.spec().steps() : present) + config.moreSteps());
  }

  private static RunOutcome resume(SparkSession spark, ResumeConfig config, RunListener listener)
      throws IOException {
    RunDirectory directory =
        RunDirectory.of(config.run(), spark.sparkContext().hadoopConfiguration());
    if (!config.output().isBlank()) {
      return new Branching(spark, directory, config, listener).run();
    }
    Continuation run = new Continuation(spark, directory, listener);
    return goOn(spark, run, config, steps(run, config), listener);
  }

  /** Opens the input of a run again, from where it was, and checks that it is the same. */
  static InputSource input(SparkSession spark, Continuation run, long steps, RunListener listener) {
    return input(spark, run, ResumeConfig.builder(run.location()).build(), steps, listener);
  }

  /** Opens the input of a run again, which may be at hand, and checks that it is the same. */
  static InputSource input(
      SparkSession spark, Continuation run, ResumeConfig config, long steps, RunListener listener) {
    InputSpec wanted = run.spec().inputSpec(Preparation.inputShape(run.network()), steps);
    InputSource input =
        config
            .inputTable()
            .map(table -> InputSources.of(spark, table, wanted))
            .orElseGet(() -> InputSources.open(spark, wanted));
    input.facts().messages().forEach(listener::message);
    SameRun.requireSameInput(run.spec(), input.facts(), run.location());
    return input;
  }

  /** Reads the input of a run again and runs what is missing. */
  static RunOutcome goOn(
      SparkSession spark, Continuation run, ResumeConfig config, long steps, RunListener listener)
      throws IOException {
    BackendCheck.choose(spark.sparkContext(), config.manner().backend(), listener);
    return Interruption.during(
        run.directory(),
        listener,
        interruption ->
            run.to(
                steps,
                input(spark, run, config, steps, listener),
                config.manner(),
                config.checkpointEvery(run.spec().checkpointEvery()),
                interruption));
  }
}
