package org.velella.spark.api;

import org.apache.spark.sql.SparkSession;

/**
 * A run, as {@code velella simulate} makes it: committed to its directory, continued by the same
 * options, readable by everybody.
 *
 * <pre>
 * SimulationResult run = SimulationJob.on(spark)
 *     .network("lif.nir").input(table).steps(1000).record("spikes").output("run").run();
 * run.spikes().show();
 * </pre>
 */
public final class SimulationJob extends JobOptions<SimulationJob> {
  private SimulationJob(SparkSession spark) {
    super(spark);
  }

  /** A job to be described. */
  public static SimulationJob on(SparkSession spark) {
    return new SimulationJob(spark);
  }

  @Override
  SimulationJob self() {
    return this;
  }
}
