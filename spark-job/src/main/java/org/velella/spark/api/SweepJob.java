package org.velella.spark.api;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.SweepAxes;
import org.velella.spark.job.UsageException;

/**
 * A sweep, as {@code velella sweep} makes it: every sample with many parameter values.
 *
 * <pre>
 * SimulationResult sweep = SweepJob.on(spark)
 *     .network("lif.nir").stimulus("constant").steps(1000)
 *     .grid("input.current=0:2:50").grid("lif.tau", 0.01, 0.02).output("sweep").run();
 * sweep.results().show();
 * </pre>
 */
public final class SweepJob extends JobOptions<SweepJob> {
  private final SweepAxes axes = new SweepAxes();
  private String trials = "";
  private String trialsFormat = "auto";

  private SweepJob(SparkSession spark) {
    super(spark);
  }

  /** A job to be described. */
  public static SweepJob on(SparkSession spark) {
    return new SweepJob(spark);
  }

  @Override
  SweepJob self() {
    return this;
  }

  /** Values of a parameter, such as {@code lif.tau=2:20:19}; all grids are combined. */
  public SweepJob grid(String axis) {
    axes.grid(List.of(axis));
    return this;
  }

  /** Values of a parameter, by its path; all grids are combined. */
  public SweepJob grid(String path, double... values) {
    return grid(axis(path, values));
  }

  /** As {@link #grid(String)}, but all parameters of {@code zip} vary together. */
  public SweepJob zip(String axis) {
    axes.zip(List.of(axis));
    return this;
  }

  /** As {@link #grid(String, double...)}, but all parameters of {@code zip} vary together. */
  public SweepJob zip(String path, double... values) {
    return zip(axis(path, values));
  }

  private static String axis(String path, double... values) {
    return path
        + "="
        + Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(","));
  }

  /** A parameter to draw, such as {@code lif.tau=uniform:2:20}. */
  public SweepJob vary(String distribution) {
    axes.vary(List.of(distribution));
    return this;
  }

  /** Draws what is varied so often, independently. */
  public SweepJob random(long count) {
    axes.sample(SweepAxes.Sampling.RANDOM, count);
    return this;
  }

  /** Draws what is varied so often, by a Latin hypercube. */
  public SweepJob latinHypercube(long count) {
    axes.sample(SweepAxes.Sampling.LATIN_HYPERCUBE, count);
    return this;
  }

  /** Draws what is varied so often, by a scrambled Sobol sequence. */
  public SweepJob sobol(long count) {
    axes.sample(SweepAxes.Sampling.SOBOL, count);
    return this;
  }

  /**
   * A parameter space in JSON, the text that the command line reads from a file; once.
   *
   * @throws UsageException if it is no JSON, has a name twice, or is the second space
   */
  public SweepJob space(String json) {
    try {
      axes.space(CanonicalJson.parse(json, "The parameter space"));
      return this;
    } catch (JsonException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  /** A file of trials: one per row, one parameter per column, and perhaps {@code seed}. */
  public SweepJob trials(String path) {
    trials = path;
    axes.trials(trials, trialsFormat);
    return this;
  }

  /** Trials as a table: one per row, one parameter per column, and perhaps {@code seed}. */
  public SweepJob trials(Dataset<Row> table) {
    axes.trials(table);
    return this;
  }

  /** {@code auto}, or the Spark data source that the trials are read by. */
  public SweepJob trialsFormat(String format) {
    trialsFormat = format;
    axes.trials(trials, trialsFormat);
    return this;
  }

  /** Runs every point with each of these seeds: {@code 1,2,3} or {@code 0:99}. */
  public SweepJob seeds(String list) {
    axes.seeds(list);
    return this;
  }

  @Override
  RunConfig.Builder complete(RunConfig.Builder options) {
    return axes.addTo(options, seed());
  }
}
