package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.network.Network;
import org.velella.provenance.CanonicalJson;
import org.velella.simulate.SpaceUnits;
import org.velella.spark.frame.InputException;
import org.velella.spark.frame.TrialColumns;

/** The points of a sweep, of what its configuration says and of the table that it names. */
final class SweepSpace {
  private SweepSpace() {}

  /**
   * The space with numbers alone, as {@link org.velella.sweep.Spaces} reads it: every row of the
   * table with every trial of the configured space.
   *
   * @param network whose models declare the units of values
   * @throws InputException if the table cannot be used
   * @throws IllegalArgumentException if a value has a unit that is not its parameter's
   */
  static JsonNode of(SparkSession session, RunConfig config, Network network) {
    JsonNode described =
        config.space().isEmpty()
            ? null
            : SpaceUnits.numbers(CanonicalJson.parse(config.space(), "the sweep"), network);
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
