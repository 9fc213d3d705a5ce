package org.velella.spark.job;

import static org.apache.spark.sql.functions.expr;

import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.velella.network.Network;
import org.velella.simulate.OperationEnergy;
import org.velella.simulate.OutputMetrics;

/** What each node of a network did for each sample, from the lists in the results. */
final class OperationsTable {
  static final String NAME = "operations";

  private static final StructType SCHEMA =
      StructType.fromDDL(
          "trial_id BIGINT NOT NULL, sample_id BIGINT NOT NULL, node STRING, spikes BIGINT,"
              + " synops BIGINT, acs BIGINT, macs BIGINT, updates BIGINT, energy_pj DOUBLE");

  private OperationsTable() {}

  /** One row for each trial, sample and node; none if operations were not counted. */
  static Dataset<Row> of(
      SparkSession spark, OutputMetrics metrics, Supplier<Network> network, Dataset<Row> results) {
    if (metrics.energy().isEmpty()) {
      return spark.createDataFrame(List.of(), SCHEMA);
    }
    OperationEnergy energy = metrics.energy().get();
    String names =
        OutputMetrics.countedNodes(network.get()).stream()
            .map(OperationsTable::literal)
            .reduce((a, b) -> a + ", " + b)
            .map(all -> "array(" + all + ")")
            .orElse("cast(array() as array<string>)");
    return results
        .select(
            expr("trial_id"),
            expr("sample_id"),
            expr("inline(arrays_zip(%s, node_spikes, node_synops, node_acs, node_macs, node_updates))"
                    .formatted(names))
                .as(new String[] {"node", "spikes", "synops", "acs", "macs", "updates"}))
        .withColumn(
            "energy_pj",
            expr("acs * %sD + macs * %sD".formatted(energy.addition(), energy.product())));
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
