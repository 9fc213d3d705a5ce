package org.velella.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Input tables for tests, as Spark writes them. */
public final class TestTables {
  public static final String VALUES = "sample_id BIGINT, input ARRAY<FLOAT>";
  public static final String EVENTS =
      "sample_id BIGINT, events ARRAY<STRUCT<step: INT, index: INT>>";

  private TestTables() {}

  /** Rows under a schema. */
  public static Dataset<Row> table(String schema, List<Row> rows) {
    return TestSpark.session().createDataFrame(rows, StructType.fromDDL(schema));
  }

  /** Writes rows in mixed order as several Parquet files; the table's path. */
  public static String parquet(Path folder, String schema, List<Row> rows, int files) {
    List<Row> mixed = new ArrayList<>(rows);
    Collections.shuffle(mixed, new Random(3));
    return write(table(schema, mixed).repartition(files), "parquet", folder);
  }

  /** Writes a table in a format; its path. */
  public static String write(Dataset<Row> table, String format, Path folder) {
    table.write().format(format).option("header", "true").save(folder.toString());
    return folder.toString();
  }

  /** A sample and its values. */
  public static Row values(Long id, float... values) {
    return RowFactory.create(id, boxed(values));
  }

  public static Float[] boxed(float... values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }

  /** A sample and its events, each a step and an index. */
  public static Row events(Long id, int[]... events) {
    Row[] rows = new Row[events.length];
    Arrays.setAll(rows, i -> RowFactory.create(events[i][0], events[i][1]));
    return RowFactory.create(id, rows);
  }

  /** Values as the bytes of a BINARY cell. */
  public static byte[] littleEndian(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** The events of each sample of {@link TestRuns#eventRows}, each a step and an index. */
  public static int[][][] eventsOfSamples(int steps) {
    List<List<int[]>> lists = new ArrayList<>();
    for (int n = 0; n < TestRuns.SAMPLES; n++) {
      lists.add(new ArrayList<>());
    }
    for (int[] row : TestRuns.eventRows(steps)) {
      lists.get(row[0]).add(new int[] {row[1], row[2]});
    }
    return lists.stream().map(list -> list.toArray(int[][]::new)).toArray(int[][][]::new);
  }

  /** The same as values {@code [T·F]} of each sample: how many events each element has. */
  public static float[][] valuesOfSamples(int steps) {
    float[][] values = new float[TestRuns.SAMPLES][steps * TestNetwork.INPUTS];
    for (int[] row : TestRuns.eventRows(steps)) {
      values[row[0]][row[1] * TestNetwork.INPUTS + row[2]]++;
    }
    return values;
  }
}
