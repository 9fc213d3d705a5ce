package org.velella.spark.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSources;
import org.velella.spark.job.Manner;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunPlan;
import org.velella.spark.job.SimulateJob;

/**
 * What a simulation and a sweep have in common: every option of {@code velella simulate}, under its
 * name, with the same meaning, the same default and the same check. {@code velella simulate --help}
 * says what each one does.
 *
 * @param <J> the job that goes on
 */
public abstract class JobOptions<J extends JobOptions<J>> extends CallOptions<J> {
  private final RunConfig.Builder config;
  private final Map<String, String> userMetrics = new LinkedHashMap<>();
  private String output = "";
  private String stopWhen = "";
  private int stopEvery = StopRule.USUAL_EVERY;
  private long seed;

  /** Null if it is no table. */
  private Dataset<Row> input;

  JobOptions(SparkSession spark) {
    this(spark, RunConfig.builder());
  }

  private JobOptions(SparkSession spark, RunConfig.Builder config) {
    super(spark, config);
    this.config = config;
  }

  /** The configuration, with what only this kind of job has. */
  RunConfig.Builder complete(RunConfig.Builder options) {
    return options;
  }

  private J say(Consumer<RunConfig.Builder> change) {
    change.accept(config);
    return self();
  }

  /** The network: a NIR file, or one in Velella's own format. */
  public J network(String file) {
    return say(run -> run.network(file));
  }

  /** How NIR's equations become steps, such as {@code norse}. */
  public J convention(String name) {
    return say(run -> run.convention(name));
  }

  /** Seconds of one step. */
  public J dt(double seconds) {
    return say(run -> run.dt(seconds));
  }

  /** The data: a file, or anything that Spark reads. */
  public J input(String path) {
    input = null;
    return say(run -> run.input(path));
  }

  /**
   * The data as a table: {@code sample_id}, and {@code input ARRAY<FLOAT>} or {@code events
   * ARRAY<STRUCT<step: INT, index: INT>>}, perhaps {@code label}. It is computed more than once;
   * what is not the same each time, such as random numbers, must be cached or written first.
   */
  public J input(Dataset<Row> table) {
    input = table;
    return say(run -> run.input(table));
  }

  /** Input that is computed instead of read, such as {@code constant:current=0.5}. */
  public J stimulus(String description) {
    input = null;
    return say(run -> run.input(description).inputFormat(InputSources.STIMULUS));
  }

  /** {@code auto}, {@code npy}, or a Spark data source. */
  public J inputFormat(String format) {
    return say(run -> run.inputFormat(format));
  }

  /** What an array of three columns is: {@code dense}, {@code events} or {@code auto}. */
  public J inputLayout(String layout) {
    return say(run -> run.inputLayout(layout));
  }

  /** An option of the Spark data source that the input is read by. */
  public J inputOption(String name, String value) {
    return say(run -> run.inputOption(name, value));
  }

  /** Number of samples; 0: as many as the input has. */
  public J samples(long count) {
    return say(run -> run.samples(count));
  }

  /** Steps to simulate. */
  public J steps(long count) {
    return say(run -> run.steps(count));
  }

  /** The run directory: new, or of the same run, which then goes on. */
  public J output(String directory) {
    output = directory;
    return say(run -> run.output(directory));
  }

  /** What to record over time, such as {@code spikes,v:lif}. */
  public J record(String what) {
    return say(run -> run.record(what));
  }

  /** What to record over time, such as {@code "spikes", "v:lif"}. */
  public J record(String first, String... more) {
    return record(list(first, more));
  }

  /** Further columns of the results, such as {@code isi,fano:100}. */
  public J metrics(String what) {
    return say(run -> run.metrics(what));
  }

  /** A further column of the results, as SQL over those of a row and {@code dt}. */
  public J metric(String name, String sql) {
    userMetrics.put(name, sql);
    return self();
  }

  /** Stops samples early, such as {@code rate > 200 and t > 0.1}. */
  public J stopWhen(String condition) {
    stopWhen = condition;
    return self();
  }

  /** Steps from one look at {@link #stopWhen} to the next. */
  public J stopEvery(int steps) {
    stopEvery = steps;
    return self();
  }

  /** Steps between two checkpoints; 0: one at the end. */
  public J checkpointEvery(long steps) {
    return say(run -> run.checkpointEvery(steps));
  }

  /** Checkpoints as often as is worth it. */
  public J checkpointAuto() {
    return checkpointEvery(Manner.AUTO);
  }

  /** Seed of all random numbers. */
  public J seed(long value) {
    seed = value;
    return say(run -> run.seed(value));
  }

  long seed() {
    return seed;
  }

  /** Samples of one unit of checkpoint and output; 0: chosen. */
  public J rangeSize(int samples) {
    return say(run -> run.rangeSize(samples));
  }

  private RunConfig config() {
    RunConfig.Builder all = config.userMetrics(userMetrics).stopWhen(stopWhen, stopEvery);
    return complete(all.budget(budget())).build();
  }

  /**
   * What {@link #run} would do; reads and checks the same, but writes and computes nothing.
   *
   * @throws org.velella.spark.job.UsageException if an option or the data cannot be used
   */
  public RunPlan plan() {
    return SimulateJob.plan(spark(), config(), listener());
  }

  /**
   * Simulates to the last step; goes on with the run that the same options have begun.
   *
   * @throws org.velella.spark.job.UsageException if an option or the data cannot be used; nothing
   *     was computed then
   * @throws org.velella.spark.job.RunFailedException if it stopped before the last step
   */
  public SimulationResult run() {
    RunOutcome outcome = SimulateJob.run(spark(), config(), listener());
    return new SimulationResult(spark(), output, outcome, input);
  }

  private static String list(String first, String... more) {
    return more.length == 0 ? first : first + "," + String.join(",", more);
  }
}
