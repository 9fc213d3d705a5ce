package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.velella.spark.job.UsageException;

/**
 * A metric over one parameter. Of more values than can be drawn, the mean and the range in each of
 * equal parts; Spark computes them, and the title says so.
 *
 * @param x what the axis shows
 * @param label of the metric
 * @param series whose values have lines of their own; null for one line
 */
record CurveFigure(String x, String label, String series) {
  /** Values that are drawn one by one. */
  static final int MOST_VALUES = 1_000;

  /** Parts of the axis, where there are more values. */
  private static final int MOST_PARTS = 200;

  private static final int FEWEST_PARTS = 25;

  private static final int VALUES_OF_PART = 8;

  /** Lines that are drawn one by one; of more, where they are numbers, ranges of them. */
  static final int MOST_LINES = 40;

  private static final int FEW_LINES = 8;

  /** Ranges of more lines would cover each other. */
  private static final int MOST_RANGES = 3;

  private static final int MOST_POINTS = 100_000;

  /**
   * Draws it.
   *
   * @param rows of numbers {@code x} and {@code y} and of anything {@code series}, none null
   * @throws UsageException if there are too many lines
   */
  Figure of(Dataset<Row> rows) {
    Values values = Values.of(rows, "x");
    Bins lines = lines(rows);
    Bins parts = values.distinct() > MOST_VALUES ? values.bins(parts(rows, values, lines)) : null;
    Column line = lines == null ? functions.col("series") : lines.of(functions.col("series"));
    Column place = parts == null ? functions.col("x") : parts.of(functions.col("x"));
    List<Row> points =
        rows.groupBy(line.as("line"), place.as("place"))
            .agg(
                (parts == null ? functions.max("x") : functions.avg("x")).as("x"),
                functions.avg("y").as("y"),
                functions.min("y").cast("double"),
                functions.max("y").cast("double"),
                functions.count("*"))
            .sort("line", "place")
            .limit(MOST_POINTS + 1)
            .collectAsList();
    if (points.size() > MOST_POINTS) {
      throw new UsageException(
          "%s has so many values that their lines have more than %d points; show one with a --metric such as IF(`%1$s` = …, …, NULL), or without --series"
              .formatted(series, MOST_POINTS));
    }
    Map<String, List<Row>> byLine = new LinkedHashMap<>();
    points.forEach(
        row -> byLine.computeIfAbsent(name(row.get(0), lines), key -> new ArrayList<>()).add(row));
    long results = points.stream().mapToLong(row -> row.getLong(6)).sum();
    boolean ranges = parts != null && byLine.size() <= MOST_RANGES;
    XYChart chart = Style.lines(title(parts, ranges, results), x, label, Style.HEIGHT);
    chart.getStyler().setLegendVisible(series != null);
    int number = 0;
    for (Map.Entry<String, List<Row>> each : byLine.entrySet()) {
      XYSeries mean =
          chart.addSeries(each.getKey(), column(each.getValue(), 2), column(each.getValue(), 3));
      if (parts != null) {
        mean.setMarker(SeriesMarkers.NONE);
      }
      if (ranges) {
        addRange(chart, number, each.getKey(), each.getValue());
      }
      number++;
    }
    return new Figure(List.of(chart));
  }

  private String title(Bins parts, boolean ranges, long results) {
    String title = label + " over " + x;
    return parts == null
        ? title
        : "%s: mean%s in %s, %d results"
            .formatted(title, ranges ? ", least and greatest" : "", parts.text(), results);
  }

  /** So many parts that about eight values are in each, of each line. */
  private int parts(Dataset<Row> rows, Values values, Bins lines) {
    long count = 1;
    if (lines != null) {
      count = FEW_LINES;
    } else if (series != null) {
      count = rows.select("series").distinct().count();
    }
    long wanted = values.distinct() / (VALUES_OF_PART * Math.max(1, count));
    return (int) Math.max(FEWEST_PARTS, Math.min(MOST_PARTS, wanted));
  }

  /** Parts of the values that have lines; null if each has its own. */
  private Bins lines(Dataset<Row> rows) {
    if (!rows.schema().apply("series").dataType().equals(DataTypes.DoubleType)) {
      return null;
    }
    Values values = Values.of(rows, "series");
    return values.distinct() > MOST_LINES ? values.bins(FEW_LINES) : null;
  }

  private String name(Object line, Bins lines) {
    if (series == null) {
      return label;
    }
    if (lines == null) {
      return series + " = " + (line instanceof Double value ? Style.text(value) : line);
    }
    int part = (int) line;
    return "%s from %s to %s"
        .formatted(series, Style.text(lines.edge(part)), Style.text(lines.edge(part + 1)));
  }

  private static void addRange(XYChart chart, int number, String name, List<Row> points) {
    double[] x = column(points, 2);
    XYSeries least = chart.addSeries("least " + name, x, column(points, 4));
    XYSeries greatest = chart.addSeries("greatest " + name, x, column(points, 5));
    Style.asRange(number, chart.getSeriesMap().get(name), least, greatest);
  }

  private static double[] column(List<Row> points, int at) {
    return points.stream().mapToDouble(row -> ((Number) row.get(at)).doubleValue()).toArray();
  }
}
