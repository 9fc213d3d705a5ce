package org.velella.spark.api;

import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.simulate.StopRule;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.TableSimulation;

/**
 * Simulation as a transformation: samples in, results out, computed when the result is asked for
 * and forgotten afterwards. For small work in a notebook; {@link SimulationJob} survives what
 * fails, records over time, and can be continued.
 *
 * <pre>
 * Dataset&lt;Row&gt; results = Simulations.on(spark).network("lif.nir").steps(1000).transform(samples);
 * </pre>
 *
 * The numbers are those of a run with the same options, bit for bit, however the table is
 * partitioned. Each row is a sample of its own; its partition's task simulates it.
 */
public final class Simulations {
  /** Stands where a run has a directory, which a simulation of rows has none of. */
  private static final String NO_RUN = "none";

  private final SparkSession spark;
  private final RunConfig.Builder config = RunConfig.builder().output(NO_RUN);
  private String stopWhen = "";
  private int stopEvery = StopRule.USUAL_EVERY;
  private Consumer<String> messages = line -> {};

  private Simulations(SparkSession spark) {
    this.spark = spark;
  }

  /** A simulation to be described. */
  public static Simulations on(SparkSession spark) {
    return new Simulations(spark);
  }

  /** The network: a NIR file, or one in Velella's own format. */
  public Simulations network(String file) {
    config.network(file);
    return this;
  }

  /** How NIR's equations become steps, such as {@code norse}. */
  public Simulations convention(String name) {
    config.convention(name);
    return this;
  }

  /** Seconds of one step. */
  public Simulations dt(double seconds) {
    config.dt(seconds);
    return this;
  }

  /** Steps to simulate. */
  public Simulations steps(long count) {
    config.steps(count);
    return this;
  }

  /** Seed of all random numbers. */
  public Simulations seed(long value) {
    config.seed(value);
    return this;
  }

  /** {@code auto}, or a backend's name. */
  public Simulations backend(String name) {
    config.backend(name);
    return this;
  }

  /** Rows of one kernel pass; 0: chosen by memory. */
  public Simulations tileSize(int rows) {
    config.tileSize(rows);
    return this;
  }

  /** Stops samples early, such as {@code rate > 200 and t > 0.1}. */
  public Simulations stopWhen(String condition) {
    stopWhen = condition;
    return this;
  }

  /** Steps from one look at {@link #stopWhen} to the next. */
  public Simulations stopEvery(int steps) {
    stopEvery = steps;
    return this;
  }

  /**
   * Takes what the command line would print, such as what was repaired in a network file, which
   * columns are rounded, and the backend and why.
   */
  public Simulations onMessage(Consumer<String> lines) {
    messages = lines;
    return this;
  }

  /**
   * The results of samples: {@code sample_id}, the table's other columns but for the input, {@code
   * spike_counts}, {@code first_spike_step}, {@code prediction}, {@code steps}, {@code rate}, and
   * {@code failure}, which says of a row that could not be simulated why, and is null of others.
   *
   * @param samples {@code sample_id}, and {@code input ARRAY<FLOAT>} or {@code events
   *     ARRAY<STRUCT<step: INT, index: INT>>}
   * @throws org.velella.spark.job.UsageException if an option is wrong, or the columns are others
   */
  public Dataset<Row> transform(Dataset<Row> samples) {
    RunConfig run = config.input(samples).stopWhen(stopWhen, stopEvery).build();
    return TableSimulation.of(spark, run, CallOptions.listener(spark, messages));
  }
}
