package org.velella.sweep;

import com.fasterxml.jackson.core.io.NumberInput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.velella.provenance.CanonicalJson;

/**
 * Large tables of trials as data: for each parameter its values in the order of the rows, many of
 * them in one string, so that a million rows are some thousand strings in memory and can still be
 * read by people. What stands between two commas is one row's value; nothing there is unset.
 *
 * <pre>
 * {"columns": {"lif.tau": {"numbers": ["2.0,3.5,,5.0", …]},
 *              "kind": {"texts": ["a", "b"], "rows": ["0,1,1,", …]}}}
 * </pre>
 */
public final class TrialTable {
  /** Rows of one string: far below what JSON readers allow, and short enough to look at. */
  private static final int ROWS_OF_TEXT = 1000;

  static final String KIND = "columns";
  private static final String NUMBERS = "numbers";
  private static final String TEXTS = "texts";
  private static final String ROWS = "rows";

  private TrialTable() {}

  /**
   * A table as {@link Spaces} reads it; numbers come back bit for bit.
   *
   * @param columns for each parameter its values by row, as {@link ParameterSpace} means them
   * @throws IllegalArgumentException as {@link ListSpace#ListSpace}
   */
  public static JsonNode toJson(List<Parameter> parameters, double[][] columns) {
    int rows = (int) new ListSpace(parameters, columns).trials();
    ObjectNode json = CanonicalJson.object();
    ObjectNode table = json.putObject(KIND);
    for (int p = 0; p < columns.length; p++) {
      Parameter parameter = parameters.get(p);
      ObjectNode column = table.putObject(parameter.path());
      if (!parameter.isNumber()) {
        ArrayNode texts = column.putArray(TEXTS);
        parameter.labels().forEach(texts::add);
      }
      ArrayNode values = column.putArray(parameter.isNumber() ? NUMBERS : ROWS);
      for (int from = 0; from < rows; from += ROWS_OF_TEXT) {
        int to = Math.min(from + ROWS_OF_TEXT, rows);
        values.add(text(columns[p], from, to, parameter.isNumber()));
      }
    }
    return json;
  }

  private static String text(double[] column, int from, int to, boolean numbers) {
    StringBuilder text = new StringBuilder();
    for (int row = from; row < to; row++) {
      text.append(row == from ? "" : ",");
      if (!Double.isNaN(column[row])) {
        text.append(numbers ? Double.toString(column[row]) : Integer.toString((int) column[row]));
      }
    }
    return text.toString();
  }

  /**
   * The table that {@link #toJson} has written.
   *
   * @param table what stands under {@code columns}
   * @throws IllegalArgumentException if it has another form
   */
  static ListSpace parse(JsonNode table) {
    if (!table.isObject() || table.isEmpty()) {
      throw new IllegalArgumentException(
          "'columns' takes columns by parameter, found " + shortened(table));
    }
    List<Parameter> parameters = new ArrayList<>();
    List<double[]> columns = new ArrayList<>();
    for (Iterator<String> paths = table.fieldNames(); paths.hasNext(); ) {
      String path = paths.next();
      JsonNode column = table.get(path);
      List<String> labels = new ArrayList<>();
      column.path(TEXTS).forEach(label -> labels.add(label.asText()));
      JsonNode values = column.path(labels.isEmpty() ? NUMBERS : ROWS);
      if (!values.isArray()) {
        throw new IllegalArgumentException(
            "Column %s needs 'numbers', or 'texts' and 'rows', found %s"
                .formatted(path, shortened(column)));
      }
      parameters.add(new Parameter(path, labels));
      columns.add(values(path, values));
    }
    return new ListSpace(parameters, columns.toArray(double[][]::new));
  }

  private static double[] values(String path, JsonNode texts) {
    double[] values = new double[ROWS_OF_TEXT];
    int rows = 0;
    for (JsonNode text : texts) {
      for (String value : text.asText().split(",", -1)) {
        if (rows == values.length) {
          values = Arrays.copyOf(values, 2 * rows);
        }
        values[rows++] = value.isBlank() ? ParameterSpace.UNSET : number(path, value);
      }
    }
    return Arrays.copyOf(values, rows);
  }

  private static double number(String path, String value) {
    try {
      return NumberInput.parseDouble(value, true);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Column %s has %s, which is no number".formatted(path, value), e);
    }
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() > ROWS_OF_TEXT ? text.substring(0, ROWS_OF_TEXT) + "…" : text;
  }
}
