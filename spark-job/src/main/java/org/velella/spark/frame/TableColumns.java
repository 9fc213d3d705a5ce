package org.velella.spark.frame;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Which columns of a table hold the samples, and how a row becomes a fragment. */
final class TableColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String SAMPLE_ID = "sample_id";
  static final String LABEL = "label";
  private static final String INPUT = "input";
  private static final String EVENTS = "events";
  private static final String WANTED =
      "sample_id BIGINT and either input ARRAY<FLOAT> (or BINARY little-endian floats) or events"
          + " ARRAY<STRUCT<step INT, index INT>>; in text formats, STRING with these as JSON";
  private static final String NOT_WHOLE = "CAST('" + NpyEvents.NOT_WHOLE + "' AS BIGINT)";
  private static final Set<DataType> WHOLE =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

  private final String payload;
  private final boolean binary;
  private final boolean json;
  private final String type;
  private final String[] expressions;

  private TableColumns(String payload, DataType id, DataType type) {
    this.payload = payload;
    this.binary = type.equals(DataTypes.BinaryType);
    this.json = type.equals(DataTypes.StringType);
    this.type = type.simpleString();
    String value = payload.equals(EVENTS) ? events(type) : values(type);
    expressions = new String[] {whole(SAMPLE_ID, id, "NULL"), value};
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
    if (!isNumber(id.dataType()) || !fits) {
      throw new InputException(
          "%s has the columns %s; needed are %s".formatted(uri, describe(schema), WANTED));
    }
    return new TableColumns(input == null ? EVENTS : INPUT, id.dataType(), payload.dataType());
  }

  private static StructField field(StructType schema, String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  private static boolean isNumber(DataType type) {
    return type instanceof NumericType || type.equals(DataTypes.StringType);
  }

  private static boolean isValues(DataType type) {
    return type.equals(DataTypes.BinaryType)
        || type.equals(DataTypes.StringType)
        || type instanceof ArrayType array && array.elementType() instanceof NumericType;
  }

  private static boolean isEvents(DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return true;
    }
    if (!(type instanceof ArrayType array) || !(array.elementType() instanceof StructType event)) {
      return false;
    }
    StructField step = field(event, "step");
    StructField index = field(event, "index");
    return step != null
        && index != null
        && step.dataType() instanceof NumericType
        && index.dataType() instanceof NumericType;
  }

  private static String describe(StructType schema) {
    List<String> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      columns.add(field.name() + " " + field.dataType().sql());
    }
    return String.join(", ", columns);
  }

  /** The column of labels as INT, if a schema has one of numbers; null in rows without one. */
  static Optional<Column> label(StructType schema) {
    StructField label = field(schema, LABEL);
    return label == null || !isNumber(label.dataType())
        ? Optional.empty()
        : Optional.of(
            functions.expr(
                "try_cast(%s AS INT)".formatted(whole(LABEL, label.dataType(), "NULL"))));
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

  /**
   * The id as BIGINT, null where it is no whole number, and the payload as one type whatever the
   * source's: BINARY, ARRAY&lt;FLOAT&gt;, or events of two BIGINTs.
   */
  Column[] expressions() {
    return new Column[] {
      functions.expr(expressions[0]).alias(SAMPLE_ID), functions.expr(expressions[1]).alias(payload)
    };
  }

  private static String values(DataType type) {
    if (type.equals(DataTypes.BinaryType)) {
      return INPUT;
    }
    String array = type.equals(DataTypes.StringType) ? "from_json(input, 'ARRAY<DOUBLE>')" : INPUT;
    return "CAST(" + array + " AS ARRAY<FLOAT>)";
  }

  private static String events(DataType type) {
    String array = EVENTS;
    DataType step = DataTypes.DoubleType;
    DataType index = DataTypes.DoubleType;
    if (type instanceof ArrayType events && events.elementType() instanceof StructType event) {
      step = field(event, "step").dataType();
      index = field(event, "index").dataType();
    } else {
      array = "from_json(events, 'ARRAY<STRUCT<step: DOUBLE, `index`: DOUBLE>>')";
    }
    return "transform(%s, e -> named_struct('step', %s, 'index', %s))"
        .formatted(array, whole("e.step", step, NOT_WHOLE), whole("e.`index`", index, NOT_WHOLE));
  }

  /**
   * A number as BIGINT; null if it is null, and {@code otherwise} if it is not whole. The casts are
   * such that no value stops the query, whether or not the session is an ANSI one.
   */
  private static String whole(String number, DataType type, String otherwise) {
    if (WHOLE.contains(type)) {
      return "CAST(" + number + " AS BIGINT)";
    }
    if (type.equals(DataTypes.StringType)) {
      return "try_cast(" + number + " AS BIGINT)";
    }
    String isWhole =
        type instanceof DecimalType
            ? "{0} = floor({0})"
            : "{0} = rint({0}) AND abs({0}) < 9007199254740992";
    return "CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN try_cast({0} AS BIGINT) ELSE {2} END"
        .replace("{1}", isWhole)
        .replace("{2}", otherwise)
        .replace("{0}", number);
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
      return Fragment.bad(
          FailureReason.NULL_VALUE, payload + (json ? " is null or no JSON array" : " is null"));
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
