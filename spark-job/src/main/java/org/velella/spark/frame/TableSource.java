package org.velella.spark.frame;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Rows of anything that Spark reads: {@code sample_id}, and {@code input} or {@code events}. One
 * row is one sample.
 */
final class TableSource implements InputSource {
  private static final int ROWS_LOOKED_AT = 100;
  private static final String HASH = "content_hash";

  private final JavaSparkContext spark;
  private final Dataset<Row> rows;

  /** Null if the table has none. */
  private final Dataset<Row> labels;

  private final TableColumns columns;
  private final int width;
  private final InputFacts facts;
  private final long firstId;
  private final long idSpan;

  private TableSource(
      JavaSparkContext spark,
      Dataset<Row> rows,
      Dataset<Row> labels,
      TableColumns columns,
      int width,
      InputFacts facts,
      long firstId,
      long idSpan) {
    this.spark = spark;
    this.rows = rows;
    this.labels = labels;
    this.columns = columns;
    this.width = width;
    this.facts = facts;
    this.firstId = firstId;
    this.idSpan = idSpan;
  }

  static TableSource open(SparkSession session, Dataset<Row> table, InputSpec spec) {
    TableColumns columns = TableColumns.of(table.schema(), spec.uri());
    Dataset<Row> rows = table.select(columns.expressions());
    Row totals = totals(rows, columns.payload());
    if (totals.getLong(1) == 0) {
      throw new InputException(
          "%s has %d rows, none with a sample_id".formatted(spec.uri(), totals.getLong(0)));
    }
    long firstId = totals.getLong(2);
    long lastId = totals.getLong(3);
    long idSpan = span(firstId, lastId);
    long bytes = new TableProbe(rows.limit(ROWS_LOOKED_AT), columns, spec).requireFit();
    long samples = idSpan <= totals.getLong(1) ? idSpan : distinctIds(rows);
    if (spec.samples() != 0 && spec.samples() != samples) {
      throw new InputException(
          "--samples is %d, but %s names %d samples; leave it out or give that many"
              .formatted(spec.samples(), spec.uri(), samples));
    }
    String fingerprint =
        "%d rows, %d with an id, ids %d to %d, %s, hashes %016x %016x"
            .formatted(
                totals.getLong(0),
                totals.getLong(1),
                firstId,
                lastId,
                columns.text(),
                totals.getLong(4),
                totals.getLong(5));
    InputFacts facts =
        new InputFacts(
            "table of " + columns.payload(), samples, 0, bytes, fingerprint, columns.messages());
    return new TableSource(
        JavaSparkContext.fromSparkContext(session.sparkContext()),
        rows,
        labels(table, columns),
        columns,
        spec.width(),
        facts,
        firstId,
        idSpan);
  }

  /**
   * In one pass: rows, rows with an id, smallest and largest id, and two hashes over all that the
   * rows hold, in whatever order and files they come.
   */
  private static Row totals(Dataset<Row> rows, String payload) {
    Column id = col(TableColumns.SAMPLE_ID);
    return rows.withColumn(HASH, xxhash64(id, col(payload)))
        .agg(
            count(lit(1)),
            count(id),
            min(id),
            max(id),
            expr("bit_xor(" + HASH + ")"),
            expr("sum(" + HASH + " & " + Integer.MAX_VALUE + ")"))
        .head();
  }

  /** How many ids there are from the first to the last; the largest long if even that is less. */
  private static long span(long firstId, long lastId) {
    long steps = lastId - firstId;
    return steps < 0 || steps == Long.MAX_VALUE ? Long.MAX_VALUE : steps + 1;
  }

  private static long distinctIds(Dataset<Row> rows) {
    return ids(rows).count();
  }

  private static Dataset<Row> ids(Dataset<Row> rows) {
    return rows.select(TableColumns.SAMPLE_ID)
        .where(col(TableColumns.SAMPLE_ID).isNotNull())
        .distinct();
  }

  private static Dataset<Row> labels(Dataset<Row> table, TableColumns columns) {
    return TableColumns.label(table.schema())
        .map(label -> table.select(columns.expressions()[0], label.alias(TableColumns.LABEL)))
        .map(all -> all.where(col(TableColumns.SAMPLE_ID).isNotNull()))
        .orElse(null);
  }

  @Override
  public Optional<Dataset<Row>> labels() {
    return Optional.ofNullable(labels);
  }

  @Override
  public InputFacts facts() {
    return facts;
  }

  /** Ids without gaps are counted off; of others, only every R-th comes to the driver. */
  @Override
  public RangeIndex index(int rangeSize) {
    if (idSpan == facts.samples()) {
      return RangeIndex.consecutive(firstId, idSpan, rangeSize);
    }
    List<Long> firsts =
        ids(rows)
            .sort(TableColumns.SAMPLE_ID)
            .javaRDD()
            .map(row -> row.getLong(0))
            .zipWithIndex()
            .filter(ranked -> ranked._2() % rangeSize == 0)
            .keys()
            .collect();
    long[] firstIds = firsts.stream().mapToLong(Long::longValue).toArray();
    return RangeIndex.sparse(firstIds, facts.samples(), rangeSize);
  }

  @Override
  public void requireLongEnough(long before, long steps) {
    Column length = columns.steps(width);
    List<Row> tooShort =
        rows.select(col(TableColumns.SAMPLE_ID), length)
            .where(length.geq(before).and(length.lt(steps)))
            .sort(TableColumns.SAMPLE_ID)
            .takeAsList(1);
    if (!tooShort.isEmpty()) {
      throw new InputException(
          "The input of sample %d ends after %d steps, the run is to go on to %d; give fewer --steps"
              .formatted(tooShort.get(0).getLong(0), tooShort.get(0).getLong(1), steps));
    }
  }

  @Override
  public JavaPairRDD<SampleKey, byte[]> fragments(RangeIndex index, RangePartitioner partitioner) {
    TableColumns table = columns;
    JavaRDD<Row> wanted = rows.where(pendingIds(index, partitioner)).javaRDD();
    JavaPairRDD<SampleKey, byte[]> fragments =
        wanted
            .map(row -> keyed(row, table, index, partitioner))
            .filter(pair -> pair != null)
            .mapToPair(pair -> pair);
    return Shuffle.byRange(spark, fragments, partitioner);
  }

  /** Lets the data source leave out what surely belongs to finished ranges. */
  private static Column pendingIds(RangeIndex index, RangePartitioner partitioner) {
    int[] last = partitioner.ranges(partitioner.numPartitions() - 1);
    int firstRange = partitioner.ranges(0)[0];
    int lastRange = last[last.length - 1];
    List<Column> conditions = new ArrayList<>();
    Column id = col(TableColumns.SAMPLE_ID);
    conditions.add(id.geq(index.firstId(firstRange)));
    if (lastRange + 1 < index.ranges()) {
      conditions.add(id.lt(index.firstId(lastRange + 1)));
    }
    Column within = conditions.stream().reduce(Column::and).orElseThrow();
    return firstRange == 0 ? within.or(id.isNull()) : within;
  }

  /** The fragment of a row, or null if its range is finished. Rows without an id go to range 0. */
  private static Tuple2<SampleKey, byte[]> keyed(
      Row row, TableColumns table, RangeIndex index, RangePartitioner partitioner) {
    if (row.isNullAt(0)) {
      byte[] bad = Fragment.bad(FailureReason.NO_SAMPLE_ID, "a row whose sample_id is null");
      return partitioner.isPending(0) ? new Tuple2<>(SampleKey.unknown(0), bad) : null;
    }
    long sample = row.getLong(0);
    int range = index.rangeOf(sample);
    if (range < 0) {
      throw new InputException("Sample " + sample + " was not there when the run began");
    }
    return partitioner.isPending(range)
        ? new Tuple2<>(SampleKey.of(range, sample), table.fragment(row))
        : null;
  }
}
