package org.velella.spark.frame;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.velella.sweep.Parameter;
import org.velella.sweep.TrialTable;
import org.velella.sweep.Trials;

/**
 * A table whose rows are trials and whose columns are parameters, named by their paths, and perhaps
 * the seed: read into columns of primitives on the driver, partition by partition.
 */
public final class TrialColumns {
  private static final int FIRST_ROWS = 1024;

  private final StructField[] fields;

  /** The values; of columns of texts, places of labels. */
  private final double[][] values;

  /** For each column its texts and their places; null for numbers. */
  private final List<Map<String, Integer>> labels = new ArrayList<>();

  private int rows;

  private TrialColumns(StructField[] fields, Set<Integer> texts) {
    this.fields = fields;
    values = new double[fields.length][FIRST_ROWS];
    for (int column = 0; column < fields.length; column++) {
      labels.add(texts.contains(column) ? new LinkedHashMap<>() : null);
    }
  }

  /**
   * The table that a user named.
   *
   * @param format {@code auto} (by the name's ending), or a Spark data source
   * @throws InputException if it is missing, unreadable, or names a column twice
   */
  public static Dataset<Row> open(SparkSession session, String uri, String format) {
    return InputSources.trials(session, uri, format);
  }

  /**
   * A table's trials, as {@link TrialTable} describes them. A column of texts is one of numbers if
   * all that is not blank is a number. Null, blank and NaN is unset.
   *
   * @param name of the table, for messages
   * @throws InputException if it has no rows, no columns, a column twice, or one of other types, or
   *     a value is infinite
   */
  public static JsonNode read(Dataset<Row> table, String name) {
    StructField[] fields = table.schema().fields();
    requireColumns(List.of(table.columns()), name);
    for (StructField field : fields) {
      requireType(field, name);
    }
    // Which columns of texts are numbers shows while they are read; if one is not, it is read
    // again.
    Set<Integer> texts = new HashSet<>();
    while (true) {
      TrialColumns columns = new TrialColumns(fields, texts);
      int noNumber = columns.fill(table.toLocalIterator(), name);
      if (noNumber < 0) {
        return columns.toJson(name);
      }
      texts.add(noNumber);
    }
  }

  static void requireColumns(List<String> columns, String name) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (column == null || column.isBlank()) {
        throw new InputException(
            "The trials in %s have a column without a name; name the parameter, such as lif.tau"
                .formatted(name));
      }
      if (!seen.add(column)) {
        throw new InputException(
            "The trials in %s have the column '%s' twice; leave one out".formatted(name, column));
      }
    }
    if (columns.isEmpty()) {
      throw new InputException(
          "The trials in %s have no columns; give one for each parameter".formatted(name));
    }
  }

  private static void requireType(StructField field, String name) {
    DataType type = field.dataType();
    if (!(type instanceof NumericType) && !(type instanceof StringType)) {
      throw new InputException(
          "The column '%s' of the trials in %s holds %s; parameters are numbers or texts%s"
              .formatted(
                  field.name(),
                  name,
                  type.simpleString(),
                  type instanceof BooleanType ? ", such as 0 and 1" : ""));
    }
  }

  /** Takes all rows; if a text in a column of numbers is none, ends with the column, else -1. */
  private int fill(Iterator<Row> table, String name) {
    while (table.hasNext()) {
      Row row = table.next();
      if (rows == values[0].length) {
        for (int column = 0; column < values.length; column++) {
          values[column] = Arrays.copyOf(values[column], grown(name));
        }
      }
      for (int column = 0; column < values.length; column++) {
        Object cell = row.get(column);
        if (!put(column, cell, name)) {
          return column;
        }
      }
      rows++;
    }
    return -1;
  }

  private int grown(String name) {
    if (rows > Integer.MAX_VALUE / 2) {
      throw new InputException(
          "The trials in %s are more than %d rows; split them".formatted(name, rows));
    }
    return 2 * rows;
  }

  /** Takes one cell; false if it is a text among numbers. */
  private boolean put(int column, Object cell, String name) {
    double value;
    String text = cell instanceof String string ? string.strip() : "";
    if (cell == null || cell instanceof String && text.isEmpty()) {
      value = Double.NaN;
    } else if (labels.get(column) != null) {
      Map<String, Integer> places = labels.get(column);
      value = places.computeIfAbsent(text, label -> places.size());
    } else if (cell instanceof Number number) {
      value = number.doubleValue();
      requireExactSeed(column, number, name);
    } else {
      try {
        value = Double.parseDouble(text);
        if (text.matches("[+-]?[0-9]{16,18}")) {
          requireExactSeed(column, Long.valueOf(text), name);
        }
      } catch (NumberFormatException e) {
        return false;
      }
    }
    if (Double.isInfinite(value)) {
      throw new InputException(
          "The column '%s' of the trials in %s is infinite in row %d (the first is 1); leave the cell empty for what the network has"
              .formatted(fields[column].name(), name, rows + 1));
    }
    values[column][rows] = value;
    return true;
  }

  /** A seed that changes on its way to float64 would be another one than the user's. */
  private void requireExactSeed(int column, Number number, String name) {
    boolean changed = number instanceof Long whole && (long) whole.doubleValue() != whole;
    if (changed && fields[column].name().equals(Trials.SEED)) {
      throw new InputException(
          "The seed in row %d of the trials in %s is %s; give whole numbers from -2^53 to 2^53"
              .formatted(rows + 1, name, number));
    }
  }

  private JsonNode toJson(String name) {
    if (rows == 0) {
      throw new InputException(
          "The trials in %s have no rows; each row is a trial".formatted(name));
    }
    List<Parameter> parameters = new ArrayList<>();
    double[][] trimmed = new double[values.length][];
    for (int column = 0; column < trimmed.length; column++) {
      Map<String, Integer> places = labels.get(column);
      parameters.add(
          new Parameter(
              fields[column].name(), places == null ? List.of() : List.copyOf(places.keySet())));
      trimmed[column] = Arrays.copyOf(values[column], rows);
    }
    return TrialTable.toJson(parameters, trimmed);
  }
}
