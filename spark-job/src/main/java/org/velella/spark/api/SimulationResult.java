package org.velella.spark.api;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunTables;

/**
 * What came of a run, with its tables as they were committed when the job ended. Once the run has
 * gone on, {@link #results} and what is made of them throw a {@link
 * org.velella.spark.job.RunFailedException}, because only the results of its last step are kept;
 * data frames that were taken before fail when they are read. The result of the later job has them.
 */
public final class SimulationResult {
  private final SparkSession spark;
  private final String run;
  private final RunOutcome outcome;
  private final RunTables tables;

  /** Null if it can be read again. */
  private final Dataset<Row> input;

  /**
   * @param input of the run, if it was a table; else null
   */
  SimulationResult(SparkSession spark, String run, RunOutcome outcome, Dataset<Row> input) {
    this.spark = spark;
    this.run = run;
    this.outcome = outcome;
    this.input = input;
    tables = RunTables.open(spark, run);
  }

  /** The run's directory, as it was given. */
  public String path() {
    return run;
  }

  /** How much was simulated, on what, in which time, and what is missing. */
  public RunOutcome outcome() {
    return outcome;
  }

  /** One row for each sample, of a sweep for each trial and sample. */
  public Dataset<Row> results() {
    return tables.results();
  }

  /** One row for each recorded spike. */
  public Dataset<Row> spikes() {
    return tables.spikes();
  }

  /** One row for each recorded variable and step. */
  public Dataset<Row> traces() {
    return tables.traces();
  }

  /** One row for each sample that could not be simulated. */
  public Dataset<Row> failures() {
    return tables.failures();
  }

  /** What users' metrics give, with trial, sample, seed and parameters. */
  public Dataset<Row> metrics() {
    return tables.metrics();
  }

  /** One row for each trial: its id, its seed, and the parameters that it sets. */
  public Dataset<Row> trials() {
    return tables.trials();
  }

  /** One row for each memory of each sample, after the last committed step. */
  public Dataset<Row> checkpoint() {
    return tables.checkpoint();
  }

  /** Of samples with a label, how many of each trial were predicted as labelled. */
  public Dataset<Row> accuracy() {
    return tables.accuracy();
  }

  /** How many samples of each label have which prediction. */
  public Dataset<Row> confusion() {
    return tables.confusion();
  }

  /** Spikes, operations and energy of each node, if the run counts them. */
  public Dataset<Row> operations() {
    return tables.operations();
  }

  /** All of it, such as for plots. */
  public RunTables tables() {
    return tables;
  }

  /** Goes on with the run, or branches off, once it is told how. */
  public ResumeRun resume() {
    ResumeRun more = ResumeRun.of(spark, run);
    return input == null ? more : more.input(input);
  }

  /** Makes the tables views of the session, by their names, for {@code %sql} cells. */
  public SimulationResult createViews() {
    tables.createViews();
    return this;
  }

  /** The run's directory and how much was simulated, in one line. */
  @Override
  public String toString() {
    return "%s: %d samples, %d failed, %d steps, %s%s"
        .formatted(
            run,
            outcome.samples(),
            outcome.failed(),
            outcome.steps(),
            outcome.backend(),
            outcome.isComplete() ? "" : "; " + outcome.missing());
  }
}
