package org.velella.spark.api;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.job.Manner;
import org.velella.spark.job.ResumeConfig;
import org.velella.spark.job.ResumeJob;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunPlan;

/**
 * Goes on with a run, as {@code velella resume} does: finishes it, takes it further, or branches
 * off.
 *
 * <pre>
 * SimulationResult longer = ResumeRun.of(spark, "run").steps(1000).run();
 * SimulationResult other = ResumeRun.of(spark, "run").steps(1000).set("lif.tau", 3).output("branch").run();
 * </pre>
 */
public final class ResumeRun extends CallOptions<ResumeRun> {
  private final String run;
  private final ResumeConfig.Builder config;
  private String output = "";

  /** Null if it is read again. */
  private Dataset<Row> input;

  private ResumeRun(SparkSession spark, String run, ResumeConfig.Builder config) {
    super(spark, config);
    this.run = run;
    this.config = config;
  }

  /** What to do with the run in a directory. */
  public static ResumeRun of(SparkSession spark, String run) {
    return new ResumeRun(spark, run, ResumeConfig.builder(run));
  }

  @Override
  ResumeRun self() {
    return this;
  }

  /** Goes so many steps beyond the run's last one; without this, what is missing is finished. */
  public ResumeRun steps(long more) {
    config.moreSteps(more);
    return this;
  }

  /** The run's input, if it was a DataFrame: one with the same rows. */
  public ResumeRun input(Dataset<Row> table) {
    input = table;
    config.input(table);
    return this;
  }

  /** Steps between two checkpoints; 0: one at the end. */
  public ResumeRun checkpointEvery(long steps) {
    config.checkpointEvery(steps);
    return this;
  }

  /** Checkpoints as often as is worth it. */
  public ResumeRun checkpointAuto() {
    return checkpointEvery(Manner.AUTO);
  }

  /** Leaves the run as it is and goes on in this directory. */
  public ResumeRun output(String branch) {
    output = branch;
    config.output(branch);
    return this;
  }

  /** A neuron parameter that the branch has otherwise, such as {@code lif.tau}. */
  public ResumeRun set(String path, double value) {
    config.set(path, value);
    return this;
  }

  /**
   * What {@link #run} would do; reads and checks the same, but writes and computes nothing.
   *
   * @throws org.velella.spark.job.UsageException if there is no run, or its input has changed
   */
  public RunPlan plan() {
    return ResumeJob.plan(spark(), config.budget(budget()).build(), listener());
  }

  /**
   * Simulates to the last step.
   *
   * @throws org.velella.spark.job.UsageException if there is no run, its input has changed, or no
   *     branch can begin
   * @throws org.velella.checkpoint.CheckpointException if the run's checkpoint cannot be used
   * @throws org.velella.spark.job.RunFailedException if it stopped before the last step
   */
  public SimulationResult run() {
    RunOutcome outcome = ResumeJob.run(spark(), config.budget(budget()).build(), listener());
    return new SimulationResult(spark(), output.isEmpty() ? run : output, outcome, input);
  }
}
