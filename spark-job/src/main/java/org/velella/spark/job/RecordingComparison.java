package org.velella.spark.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Compares spikes and traces that a run has recorded with those of the same samples that were
 * simulated again, bit for bit. Executors do it: the driver sees how many rows there are, how many
 * differ, and the first few of these.
 */
final class RecordingComparison {
  /** Differences of a table that are told. */
  static final int SHOWN = 3;

  private static final String RECORDED = "recorded";
  private static final String AGAIN = "again";

  /** Where two lists differ; -1 if they are the same. */
  private static final String AT = "at";

  private static final String[] SAMPLE = {"trial_id", "sample_id"};
  private static final String[] SPIKE = {"trial_id", "sample_id", "step", "node", "neuron"};
  private static final String[] TRACE = {"trial_id", "sample_id", "step", "node", "variable"};

  /** Spark's own comparison takes 0 for -0, and all that is no number for the same. */
  private static final UserDefinedFunction FIRST_DIFFERENCE =
      udf(
          (UDF1<Row, Integer>) row -> firstDifference(row.getList(0), row.getList(1)),
          DataTypes.IntegerType);

  private final boolean ofSweep;

  /**
   * @param ofSweep whether samples must be told apart by their trial, too
   */
  RecordingComparison(boolean ofSweep) {
    this.ofSweep = ofSweep;
  }

  /**
   * What came of comparing a table.
   *
   * @param rows recorded and compared
   * @param differences rows that are not the same or are on one side only
   * @param first the first {@link #SHOWN} of them, by trial, sample, step and node
   */
  record Found(long rows, long differences, List<String> first) {}

  /**
   * The rows of a table without those of some samples.
   *
   * @param failures rows of {@code failures}; those without the id of a sample do not count
   */
  static Dataset<Row> without(Dataset<Row> failures, Dataset<Row> table) {
    return table.join(failures.selectExpr(SAMPLE), SAMPLE, "left_anti");
  }

  /** Compares rows of {@code spikes}, in any order; a neuron may have several in one step. */
  Found spikes(Dataset<Row> recorded, Dataset<Row> again) {
    Column[] key = columns(SPIKE);
    Dataset<Row> both =
        side(recorded, 1, 0)
            .union(side(again, 0, 1))
            .groupBy(key)
            .agg(expr("sum(recorded)").alias(RECORDED), expr("sum(again)").alias(AGAIN));
    Row sums =
        both.agg(
                expr("coalesce(sum(recorded), 0L)"),
                count(when(col(RECORDED).notEqual(col(AGAIN)), 1)))
            .first();
    Dataset<Row> different = both.where(col(RECORDED).notEqual(col(AGAIN)));
    return found(sums, different.sort(key), this::spike);
  }

  private static Dataset<Row> side(Dataset<Row> spikes, long recorded, long again) {
    return spikes
        .selectExpr(SPIKE)
        .withColumn(RECORDED, lit(recorded))
        .withColumn(AGAIN, lit(again));
  }

  /** Compares rows of {@code traces}, in any order; of each there is to be one. */
  Found traces(Dataset<Row> recorded, Dataset<Row> again) {
    Dataset<Row> both =
        values(recorded, RECORDED)
            .join(values(again, AGAIN), TRACE, "full_outer")
            .withColumn(
                AT,
                when(
                        expr("recorded_rows <=> 1L AND again_rows <=> 1L"),
                        FIRST_DIFFERENCE.apply(struct(col(RECORDED), col(AGAIN))))
                    .otherwise(0));
    Row sums =
        both.agg(expr("coalesce(sum(recorded_rows), 0L)"), count(when(col(AT).geq(0), 1))).first();
    Dataset<Row> different =
        both.where(col(AT).geq(0))
            .sort(columns(TRACE))
            .selectExpr(
                "trial_id",
                "sample_id",
                "step",
                "node",
                "variable",
                "at",
                "coalesce(recorded_rows, 0L)",
                "coalesce(again_rows, 0L)",
                "size(recorded)",
                "size(again)",
                "get(recorded, at) AS recorded",
                "get(again, at) AS again");
    return found(sums, different, this::trace);
  }

  private static Dataset<Row> values(Dataset<Row> traces, String side) {
    return traces
        .groupBy(columns(TRACE))
        .agg(first("values").alias(side), count(lit(1)).alias(side + "_rows"));
  }

  private static Column[] columns(String... names) {
    Column[] columns = new Column[names.length];
    for (int i = 0; i < names.length; i++) {
      columns[i] = col(names[i]);
    }
    return columns;
  }

  private static Found found(Row sums, Dataset<Row> different, Function<Row, String> text) {
    long differences = sums.getLong(1);
    List<Row> first = differences == 0 ? List.of() : different.limit(SHOWN).collectAsList();
    return new Found(sums.getLong(0), differences, first.stream().map(text).toList());
  }

  /** Which sample, step and node a row is of; all begin with these. */
  private String who(Row row) {
    String sample =
        "sample %d, step %d, node %s".formatted(row.getLong(1), row.getInt(2), row.getString(3));
    return ofSweep ? "trial %d, %s".formatted(row.getLong(0), sample) : sample;
  }

  private String spike(Row row) {
    return "%s, neuron %d: spikes were %d and are %d"
        .formatted(who(row), row.getInt(4), row.getLong(5), row.getLong(6));
  }

  private String trace(Row row) {
    String who = "%s, variable %s".formatted(who(row), row.getString(4));
    if (row.getLong(6) != 1 || row.getLong(7) != 1) {
      return "%s: rows recorded: %d, and now: %d".formatted(who, row.getLong(6), row.getLong(7));
    }
    if (row.getInt(8) != row.getInt(9)) {
      return "%s: had %d values and has %d".formatted(who, row.getInt(8), row.getInt(9));
    }
    return "%s, neuron %d: was %s and is %s"
        .formatted(who, row.getInt(5), value(row.getFloat(10)), value(row.getFloat(11)));
  }

  private static String value(float value) {
    return Float.isNaN(value)
        ? "NaN (bits %08x)".formatted(Float.floatToRawIntBits(value))
        : "%s (%s)".formatted(value, Float.toHexString(value));
  }

  /** The first place at which two lists do not have the same bits; -1 if there is none. */
  private static int firstDifference(List<Float> recorded, List<Float> again) {
    int length = Math.min(recorded.size(), again.size());
    for (int i = 0; i < length; i++) {
      if (Float.floatToRawIntBits(recorded.get(i)) != Float.floatToRawIntBits(again.get(i))) {
        return i;
      }
    }
    return recorded.size() == again.size() ? -1 : length;
  }
}
