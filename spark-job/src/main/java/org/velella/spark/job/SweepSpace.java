package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.provenance.CanonicalJson;
import org.velella.spark.frame.InputException;
import org.velella.spark.frame.TrialColumns;

/** The points of a sweep, of what its configuration says and of the table that it names. */
final class SweepSpace {
  private SweepSpace() {}

  /**
   * The space as {@link org.velella.sweep.Spaces} reads it: every row of the table with every trial
   * of the configured space.
   *
   * @throws InputException if the table cannot be used
   */
  static JsonNode of(SparkSession session, RunConfig config) {
    JsonNode described =
        config.space().isEmpty() ? null : CanonicalJson.parse(config.space(), "the sweep");
    boolean given = config.trialsTable().isPresent();
    if (!given && config.trials().isEmpty()) {
      return described;
    }
    String name = given ? "the table" : config.trials();
    Dataset<Row> table =
        config
            .trialsTable()
            .orElseGet(() -> TrialColumns.open(session, name, config.trialsFormat()));
    JsonNode rows = TrialColumns.read(table, name);
    if (described == null) {
      return rows;
    }
    ObjectNode both = CanonicalJson.object();
    ArrayNode product = both.putArray("product");
    product.add(described);
    product.add(rows);
    return both;
  }
}
