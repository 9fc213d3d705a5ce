package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Row;

/** Prints rows in columns that are as wide as their cells. */
final class TextTable {
  private static final int WIDEST = 60;

  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] numeric;

  TextTable(String... columns) {
    rows.add(columns);
    numeric = new boolean[columns.length];
    Arrays.fill(numeric, true);
  }

  /** Adds a row of plain values, as {@link Cells#flat} makes them. */
  void add(Row row) {
    String[] cells = new String[numeric.length];
    for (int i = 0; i < cells.length; i++) {
      Object value = row.get(i);
      numeric[i] &= value == null || value instanceof Number;
      cells[i] = value == null ? "-" : shortened(value.toString());
    }
    rows.add(cells);
  }

  /** Adds a row of texts, which are not shortened. */
  void add(String... cells) {
    Arrays.fill(numeric, false);
    rows.add(cells);
  }

  private static String shortened(String text) {
    String line = text.replace('\n', ' ').replace('\t', ' ');
    return line.length() <= WIDEST ? line : line.substring(0, WIDEST - 3) + "...";
  }

  void print(PrintWriter out) {
    int[] widths = new int[numeric.length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < widths.length; i++) {
        String blanks = String.join("", Collections.nCopies(widths[i] - row[i].length(), " "));
        cells.add(numeric[i] ? blanks + row[i] : row[i] + blanks);
      }
      out.println(String.join("  ", cells).stripTrailing());
    }
    out.flush();
  }
}
