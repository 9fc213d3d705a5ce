package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.velella.spark.job.UsageException;

/**
 * Recorded values over time. Of more steps than can be drawn, the least and the greatest value of
 * each column of the picture, which looks the same; Spark finds them, and the title says so.
 *
 * @param title what is shown, of which sample
 * @param variable such as {@code v}
 * @param steps what the axis of steps is called
 * @param threshold of a node, if it has one that is the same for all its neurons
 */
record TraceFigure(
    String title, String variable, String steps, Function<String, OptionalDouble> threshold) {
  static final int MOST_TRACES = 8;

  /** Steps that are drawn one by one. */
  static final int MOST_STEPS = 10_000;

  /** More than a figure has pixels side by side. */
  static final int COLUMNS = 2_000;

  /**
   * A node whose values are drawn.
   *
   * @param shown its neurons that are
   */
  private record Lines(String node, int[] shown) {}

  /**
   * Draws it.
   *
   * @param rows of one sample: {@code node}, {@code step}, {@code values}
   * @param neurons whose values are shown, of each node
   * @throws UsageException if a node has no such neuron
   */
  Figure of(Dataset<Row> rows, int[] neurons) {
    List<Row> nodes =
        rows.groupBy("node")
            .agg(
                functions.max(functions.size(functions.col("values"))),
                functions.min("step"),
                functions.max("step"))
            .sort("node")
            .collectAsList();
    int first = nodes.stream().mapToInt(row -> row.getInt(2)).min().orElseThrow();
    int last = nodes.stream().mapToInt(row -> row.getInt(3)).max().orElseThrow();
    int width = last - first < MOST_STEPS ? 1 : (last - first + COLUMNS) / COLUMNS;
    List<Lines> lines = lines(nodes, neurons);
    long all = (long) nodes.size() * neurons.length;
    String heading = title;
    if (width > 1) {
      heading += ", least and greatest of every %d steps".formatted(width);
    }
    if (all > MOST_TRACES) {
      heading += ", the first %d of %d lines".formatted(MOST_TRACES, all);
    }
    XYChart chart = Style.lines(heading, steps, variable, Style.HEIGHT);
    chart.getStyler().setXAxisMin((double) first).setXAxisMax(last + 1.0);
    List<Row> points = points(rows, lines, neurons, first, width);
    lines.forEach(node -> add(chart, node, points, first, width));
    for (Lines node : lines) {
      threshold.apply(node.node()).ifPresent(at -> limit(chart, node.node(), first, last, at));
    }
    return new Figure(List.of(chart));
  }

  /** As many lines as can be told apart, of the first nodes. */
  private static List<Lines> lines(List<Row> nodes, int[] neurons) {
    List<Lines> lines = new ArrayList<>();
    int left = MOST_TRACES;
    for (Row node : nodes) {
      int there = node.getInt(1);
      int[] shown = Arrays.copyOf(neurons, Math.min(left, neurons.length));
      for (int neuron : shown) {
        if (neuron < 0 || neuron >= there) {
          throw new UsageException(
              "%s has neurons 0 to %d, asked for %d"
                  .formatted(node.getString(0), there - 1, neuron));
        }
      }
      left -= shown.length;
      if (shown.length > 0) {
        lines.add(new Lines(node.getString(0), shown));
      }
    }
    return lines;
  }

  /**
   * Of each row the values of a few neurons: rows may have hundreds of thousands, of which nothing
   * else is to come here.
   *
   * @return {@code node}, {@code step} and {@code few}
   */
  static Dataset<Row> ofNeurons(Dataset<Row> traces, int[] neurons) {
    Column[] few =
        Arrays.stream(neurons)
            .limit(MOST_TRACES)
            .mapToObj(neuron -> functions.expr("get(values, %d)".formatted(neuron)))
            .toArray(Column[]::new);
    return traces.select(
        functions.col("node"), functions.col("step"), functions.array(few).as("few"));
  }

  /**
   * The points to draw, sorted: of each node and step the values of neurons, or of each node and
   * {@code width} steps for each neuron the least and the greatest value and when they were.
   *
   * @return {@code node}, {@code step} and {@code few}; or {@code node}, {@code column} and for
   *     each neuron {@code least} and {@code greatest}, which are {@code {value, step}}
   */
  private static List<Row> points(
      Dataset<Row> rows, List<Lines> lines, int[] neurons, int first, int width) {
    Object[] nodes = lines.stream().map(Lines::node).toArray();
    Dataset<Row> few = ofNeurons(rows.where(functions.col("node").isin(nodes)), neurons);
    return width == 1
        ? few.sort("node", "step").collectAsList()
        : extremes(few, Math.min(neurons.length, MOST_TRACES), first, width).collectAsList();
  }

  private static Dataset<Row> extremes(Dataset<Row> few, int neurons, int first, int width) {
    List<Column> found = new ArrayList<>();
    for (int i = 0; i < neurons; i++) {
      // What is no number is a gap, and neither less nor greater than the others.
      Column value =
          functions.expr("IF(isnan(few[%d]), NULL, struct(few[%1$d] AS value, step))".formatted(i));
      found.add(functions.min(value).as("least" + i));
      found.add(functions.max(value).as("greatest" + i));
    }
    Column column = functions.floor(functions.col("step").minus(first).divide(width)).cast("int");
    return few.groupBy(functions.col("node"), column.as("column"))
        .agg(found.get(0), found.subList(1, found.size()).toArray(Column[]::new))
        .sort("node", "column");
  }

  private static void add(XYChart chart, Lines lines, List<Row> points, int first, int width) {
    List<Row> own = points.stream().filter(row -> row.getString(0).equals(lines.node())).toList();
    for (int i = 0; i < lines.shown().length; i++) {
      int of = i;
      List<double[]> line = new ArrayList<>();
      if (width == 1) {
        own.forEach(row -> line.add(new double[] {row.getInt(1), row.<Float>getList(2).get(of)}));
      } else {
        own.forEach(row -> addExtremes(line, row, of, (double) first + row.getInt(1) * width));
      }
      chart
          .addSeries(
              lines.node() + " " + lines.shown()[i],
              line.stream().mapToDouble(point -> point[0]).toArray(),
              line.stream().mapToDouble(point -> point[1]).toArray())
          .setMarker(SeriesMarkers.NONE);
    }
  }

  /** In the order in which they were; a gap at {@code begin} where there is no number. */
  private static void addExtremes(List<double[]> line, Row row, int of, double begin) {
    Row least = row.getStruct(2 + 2 * of);
    Row greatest = row.getStruct(3 + 2 * of);
    if (least == null) {
      line.add(new double[] {begin, Double.NaN});
      return;
    }
    boolean falls = greatest.getInt(1) < least.getInt(1);
    Row early = falls ? greatest : least;
    Row late = falls ? least : greatest;
    line.add(new double[] {early.getInt(1), early.getFloat(0)});
    if (late.getInt(1) != early.getInt(1)) {
      line.add(new double[] {late.getInt(1), late.getFloat(0)});
    }
  }

  private static void limit(XYChart chart, String node, double from, double to, double at) {
    XYSeries line =
        chart.addSeries("threshold of " + node, new double[] {from, to}, new double[] {at, at});
    Style.asLimit(line);
  }
}
