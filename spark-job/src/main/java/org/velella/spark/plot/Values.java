package org.velella.spark.plot;

import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What a column of numbers holds.
 *
 * @param distinct how many different values
 * @param min the least; 0 if there is none
 * @param max the greatest
 * @param median about half of the rows have less
 */
record Values(long distinct, double min, double max, double median) {
  /** Of a column without nulls. */
  static Values of(Dataset<Row> rows, String column) {
    // By itself: beside it, Spark would merge a sketch of the median for every different value.
    long distinct = rows.select(column).distinct().count();
    Row found =
        rows.agg(
                functions.min(column),
                functions.max(column),
                functions.percentile_approx(
                    functions.col(column), functions.lit(0.5), functions.lit(10_000)))
            .first();
    ToDoubleFunction<Integer> number = at -> found.isNullAt(at) ? 0 : found.getDouble(at);
    return new Values(
        distinct, number.applyAsDouble(0), number.applyAsDouble(1), number.applyAsDouble(2));
  }

  /** Equal parts of their range. */
  Bins bins(int count) {
    return Bins.of(min, max, median, count);
  }
}
