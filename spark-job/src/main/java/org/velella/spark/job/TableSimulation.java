package org.velella.spark.job;

import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.nir.NirImport;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.SampleTable;
import org.velella.spark.task.SimulateRows;
import org.velella.spark.task.TaskSpec;

/** Simulates a table of samples into a table of results, when that is asked for; no run is made. */
public final class TableSimulation {
  private TableSimulation() {}

  /**
   * The results of a table's samples, in place of their input; other columns stay.
   *
   * @param config its input is the table; what it says of a run directory means nothing
   * @throws UsageException if the network cannot be read or the table has other columns
   * @throws org.velella.backend.BackendUnavailableException if the backend cannot run here
   */
  public static Dataset<Row> of(SparkSession spark, RunConfig config, RunListener listener) {
    return JobErrors.translated(() -> results(spark, config, listener));
  }

  private static Dataset<Row> results(SparkSession spark, RunConfig config, RunListener listener) {
    NirImport imported =
        NetworkSource.readWithNotes(
            config.network(),
            config.convention(),
            config.dt(),
            spark.sparkContext().hadoopConfiguration());
    imported.notes().forEach(listener::message);
    Network network = imported.network();
    requireRule(config, network);
    BackendCheck.choose(spark.sparkContext(), config.manner().backend(), listener);
    TaskSpec spec =
        TaskSpec.builder()
            .network(NetworkCodec.toBytes(network))
            .identity(UUID.randomUUID().toString(), new TreeMap<>())
            .dt(config.dt())
            .seed(config.seed())
            .metrics(OutputMetrics.PLAIN.toString())
            .stopWhen(config.stopWhen(), config.stopEvery())
            .steps(config.steps(), 0)
            .backend(config.manner().backend())
            .tileSize(config.manner().tileSize())
            .gpuPermits(config.manner().gpuPermits())
            .build();
    Broadcast<TaskSpec> run =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(spec);
    Dataset<Row> samples = config.inputTable().orElseThrow();
    SampleTable table = SimulateRows.table(samples.schema(), config.input());
    table.messages().forEach(listener::message);
    return samples
        .select(table.columns())
        .mapPartitions(new SimulateRows(run, table), Encoders.row(SimulateRows.schema(table)));
  }

  private static void requireRule(RunConfig config, Network network) {
    if (config.stopWhen().isEmpty()) {
      return;
    }
    try {
      StopRule.parse(config.stopWhen(), config.stopEvery()).requireOf(network);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }
}
