package org.velella.spark.job;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why samples of a run have failed, for messages. */
final class FailedSamples {
  private static final Logger LOG = LoggerFactory.getLogger(FailedSamples.class);
  private static final int SHOWN = 3;

  private FailedSamples() {}

  /**
   * How many trials of a sweep have failed samples; {@link RunStatus#UNKNOWN} if they cannot be
   * read, which must not hide the rest.
   */
  static long trials(SparkSession session, String run) {
    try {
      return RunTables.open(session, run).failures().select("trial_id").distinct().count();
    } catch (Exception e) {
      // Spark's exceptions are checked in Scala only.
      Interruption.requireNone(e);
      LOG.warn("Cannot read of which trials samples failed", e);
      return RunStatus.UNKNOWN;
    }
  }

  /**
   * The first of them with their reasons, a line each, beginning with a line break; empty if they
   * cannot be read, which must not hide what there is to say of the run.
   */
  static String first(SparkSession session, String run) {
    try {
      Dataset<Row> failures = RunTables.open(session, run).failures();
      List<Row> rows =
          failures
              .sort("trial_id", "sample_id")
              .select("trial_id", "sample_id", "reason", "detail")
              .limit(SHOWN)
              .collectAsList();
      return rows.stream()
          .map(
              row ->
                  "\n  trial %s, sample %s: %s, %s"
                      .formatted(row.get(0), row.get(1), row.get(2), row.get(3)))
          .collect(Collectors.joining());
    } catch (Exception e) {
      // Spark's exceptions are checked in Scala only.
      Interruption.requireNone(e);
      LOG.warn("Cannot read why samples failed", e);
      return "";
    }
  }
}
