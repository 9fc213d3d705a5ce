package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.knowm.xchart.HeatMapChart;

/**
 * A metric over two parameters. An axis has a place for each value, or, of more values than can be
 * told apart or of values that hardly any two trials share, for each of equal parts of their range;
 * Spark computes the means, and the title says so.
 *
 * @param x what the horizontal axis shows
 * @param y what the vertical axis shows
 * @param label of the metric
 */
record HeatMapFigure(String x, String y, String label) {
  /** Places of an axis whose values have their own. */
  static final int MOST_PLACES = 200;

  /** So few values have places of their own however few cells are filled. */
  static final int FEW_PLACES = 20;

  private static final int MOST_COLUMNS = 50;

  private static final int MOST_ROWS = 25;

  private static final int FEWEST_PARTS = 8;

  /** So many points are to be in a cell, about. */
  private static final int POINTS_OF_CELL = 8;

  /** With fewer cells filled, points are strewn and not on a grid. */
  private static final double FILLED = 0.25;

  /** Draws it. {@code rows}: numbers {@code x}, {@code y} and {@code z}, none null. */
  Figure of(Dataset<Row> rows) {
    Values ofX = Values.of(rows, "x");
    Values ofY = Values.of(rows, "y");
    boolean few = ofX.distinct() <= FEW_PLACES && ofY.distinct() <= FEW_PLACES;
    long points = few ? 0 : rows.select("x", "y").distinct().count();
    boolean strewn = points < FILLED * ofX.distinct() * ofY.distinct();
    boolean cutX = isCut(ofX, strewn);
    boolean cutY = isCut(ofY, strewn);
    int partsX = cutX ? parts(points, cutY ? -1 : ofY.distinct(), MOST_COLUMNS) : 0;
    int partsY = cutY ? parts(points, cutX ? -1 : ofX.distinct(), MOST_ROWS) : 0;
    Axis axisX = axis(rows, "x", ofX, partsX);
    Axis axisY = axis(rows, "y", ofY, partsY);
    List<Number[]> cells = new ArrayList<>();
    long results = 0;
    for (Row row : means(rows, axisX, axisY)) {
      cells.add(
          new Number[] {axisX.place(row.get(0)), axisY.place(row.get(1)), (Number) row.get(2)});
      results += row.getLong(3);
    }
    String title = label;
    if (cutX || cutY) {
      title =
          "%s: mean in %s x %s, %d results".formatted(label, axisX.text(), axisY.text(), results);
    }
    HeatMapChart chart = Style.heatMap(title, x, y);
    chart.addSeries(label, Style.named(axisX.names()), Style.named(axisY.names()), cells);
    return new Figure(List.of(chart));
  }

  private static boolean isCut(Values values, boolean strewn) {
    return values.distinct() > (strewn ? FEW_PLACES : MOST_PLACES);
  }

  /**
   * Into how many parts an axis is cut.
   *
   * @param others places of the other axis; -1 if it is cut too
   * @param most parts that have room
   */
  private static int parts(long points, long others, int most) {
    double cells = (double) points / POINTS_OF_CELL;
    double parts = others < 0 ? Math.sqrt(cells) : cells / others;
    return (int) Math.max(FEWEST_PARTS, Math.min(most, parts));
  }

  private static List<Row> means(Dataset<Row> rows, Axis axisX, Axis axisY) {
    return rows.groupBy(
            axisX.of(functions.col("x")).as("column"), axisY.of(functions.col("y")).as("row"))
        .agg(functions.avg("z"), functions.count("*"))
        .sort("column", "row")
        .collectAsList();
  }

  private static Axis axis(Dataset<Row> rows, String column, Values values, int parts) {
    if (parts > 0) {
      return new Axis(values.bins(parts), List.of(), Map.of());
    }
    List<Double> each =
        rows.select(column).distinct().sort(column).collectAsList().stream()
            .map(row -> row.getDouble(0))
            .toList();
    Map<Double, Integer> places = new HashMap<>();
    each.forEach(value -> places.put(value, places.size()));
    return new Axis(null, each, places);
  }

  /**
   * Which values are where.
   *
   * @param bins null if each value has its own place
   * @param values those that have
   */
  private record Axis(Bins bins, List<Double> values, Map<Double, Integer> places) {
    Column of(Column value) {
      return bins == null ? value : bins.of(value);
    }

    int place(Object value) {
      return bins == null ? places.get((Double) value) : (Integer) value;
    }

    List<String> names() {
      return bins == null
          ? values.stream().map(Style::text).toList()
          : IntStream.range(0, bins.count())
              .mapToObj(part -> Style.text(bins.middle(part)))
              .toList();
    }

    String text() {
      return bins == null ? values.size() + " values" : bins.text();
    }
  }
}
