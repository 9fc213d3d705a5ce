package org.velella.spark.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Results of a run whose input has labels, and what comes of comparing the two. */
final class LabelledResults {
  static final String LABEL = "label";
  static final String ACCURACY = "accuracy";
  static final String CONFUSION = "confusion";

  private static final String SAMPLE_ID = "sample_id";
  private static final String FIRST_OF_RESULTS = "spike_counts";

  private LabelledResults() {}

  /** Results with the column {@code label} after the sample's id; null where there is none. */
  static Dataset<Row> join(Dataset<Row> results, Dataset<Row> labels) {
    List<Column> columns = new ArrayList<>();
    for (String name : results.columns()) {
      columns.add(results.col("`" + name + "`"));
      if (name.equals(SAMPLE_ID)) {
        columns.add(labels.col(LABEL));
      }
    }
    return results
        .join(labels, results.col(SAMPLE_ID).equalTo(labels.col(SAMPLE_ID)), "left")
        .select(columns.toArray(Column[]::new));
  }

  /** How many samples of each label were taken for what; a row for each trial and such pair. */
  static Dataset<Row> confusion(Dataset<Row> results) {
    return labelled(results)
        .groupBy("trial_id", LABEL, "prediction")
        .agg(count(lit(1)).alias("samples"));
  }

  /** How many samples of each trial were taken for what they are; with the trial's parameters. */
  static Dataset<Row> accuracy(Dataset<Row> results) {
    Dataset<Row> labelled = labelled(results);
    Column[] keys =
        Arrays.stream(labelled.columns())
            .takeWhile(name -> !name.equals(FIRST_OF_RESULTS))
            .filter(name -> !name.equals(SAMPLE_ID) && !name.equals(LABEL))
            .map(name -> labelled.col("`" + name + "`"))
            .toArray(Column[]::new);
    return labelled
        .groupBy(keys)
        .agg(
            expr("count_if(prediction <=> label)").alias("correct"),
            count(lit(1)).alias("samples"),
            expr("count_if(prediction <=> label) / count(1)").alias(ACCURACY));
  }

  private static Dataset<Row> labelled(Dataset<Row> results) {
    return List.of(results.columns()).contains(LABEL)
        ? results.where(col(LABEL).isNotNull())
        : results.withColumn(LABEL, lit(null).cast("int")).where(lit(false));
  }
}
