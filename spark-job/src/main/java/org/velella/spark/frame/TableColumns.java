package org.velella.spark.frame;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Which columns of a table hold the samples, and how a row becomes a fragment. */
final class TableColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String SAMPLE_ID = "sample_id";
  private static final String INPUT = "input";
  private static final String EVENTS = "events";
  private static final String WANTED =
      "sample_id BIGINT and either input ARRAY<FLOAT> (or BINARY little-endian floats) or events"
          + " ARRAY<STRUCT<step INT, index INT>>";
  private static final Set<DataType> WHOLE =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

  private final String payload;
  private final boolean binary;
  private final String type;

  private TableColumns(String payload, DataType type) {
    this.payload = payload;
    this.binary = type.equals(DataTypes.BinaryType);
    this.type = type.simpleString();
  }

  /**
   * The columns of a schema.
   *
   * @throws InputException if they are not what is wanted; the message names what is there
   */
  static TableColumns of(StructType schema, String uri) {
    StructField id = field(schema, SAMPLE_ID);
    StructField input = field(schema, INPUT);
    StructField events = field(schema, EVENTS);
    if (id == null || (input == null) == (events == null)) {
      throw new InputException(
          "%s has the columns %s; needed are %s".formatted(uri, describe(schema), WANTED));
    }
    StructField payload = input == null ? events : input;
    boolean fits = input == null ? isEvents(events.dataType()) : isValues(input.dataType());
    if (!WHOLE.contains(id.dataType()) || !fits) {
      throw new InputException(
          "%s has the columns %s; needed are %s".formatted(uri, describe(schema), WANTED));
    }
    return new TableColumns(input == null ? EVENTS : INPUT, payload.dataType());
  }

  private static StructField field(StructType schema, String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  private static boolean isValues(DataType type) {
    return type.equals(DataTypes.BinaryType)
        || type instanceof ArrayType array && array.elementType() instanceof NumericType;
  }

  private static boolean isEvents(DataType type) {
    if (!(type instanceof ArrayType array) || !(array.elementType() instanceof StructType event)) {
      return false;
    }
    StructField step = field(event, "step");
    StructField index = field(event, "index");
    return step != null
        && index != null
        && WHOLE.contains(step.dataType())
        && WHOLE.contains(index.dataType());
  }

  private static String describe(StructType schema) {
    List<String> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      columns.add(field.name() + " " + field.dataType().sql());
    }
    return String.join(", ", columns);
  }

  /** {@code input} or {@code events}. */
  String payload() {
    return payload;
  }

  /** The payload's column and type, for fingerprints. */
  String text() {
    return payload + " " + type;
  }

  List<String> messages() {
    boolean exact =
        binary || payload.equals(EVENTS) || type.equals("array<float>") || type.contains("int8");
    return exact
        ? List.of()
        : List.of("The column " + payload + " is " + type + "; values are rounded to float32");
  }

  /** The id as BIGINT, and the payload as one type whatever the source's. */
  Column[] expressions() {
    Column id = functions.col(SAMPLE_ID).cast(DataTypes.LongType).alias(SAMPLE_ID);
    String expression =
        payload.equals(EVENTS)
            ? "transform(events, e -> named_struct('step', CAST(e.step AS BIGINT), 'index',"
                + " CAST(e.`index` AS BIGINT)))"
            : binary ? "input" : "CAST(input AS ARRAY<FLOAT>)";
    return new Column[] {id, functions.expr(expression).alias(payload)};
  }

  /**
   * How many steps the values of a row are for, as BIGINT; null where that is not to be asked:
   * events, and values of one step, which are held.
   */
  Column steps(int width) {
    String elements = binary ? "octet_length(input) div 4" : "size(input)";
    return payload.equals(EVENTS)
        ? functions.lit(null).cast(DataTypes.LongType)
        : functions.expr("CAST(nullif(%s, %d) div %d AS BIGINT)".formatted(elements, width, width));
  }

  /** The fragment of a row of {@link #expressions()}. */
  byte[] fragment(Row row) {
    if (row.isNullAt(1)) {
      return Fragment.bad(FailureReason.NULL_VALUE, payload + " is null");
    }
    if (binary) {
      return Fragment.values((byte[]) row.get(1));
    }
    return payload.equals(EVENTS) ? events(row.getList(1)) : values(row.getList(1));
  }

  private static byte[] values(List<Float> list) {
    float[] values = new float[list.size()];
    int at = 0;
    for (Float value : list) {
      if (value == null) {
        return Fragment.bad(FailureReason.NULL_VALUE, "input[" + at + "] is null");
      }
      values[at++] = value;
    }
    return Fragment.values(values);
  }

  private static byte[] events(List<Row> list) {
    EventList events = new EventList();
    int at = 0;
    for (Row event : list) {
      if (event == null || event.isNullAt(0) || event.isNullAt(1)) {
        return Fragment.bad(FailureReason.NULL_VALUE, "events[" + at + "] has a null");
      }
      events.add(event.getLong(0), event.getLong(1));
      at++;
    }
    return events.toRowFragment();
  }
}
