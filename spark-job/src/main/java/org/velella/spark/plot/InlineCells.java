package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapSeries;
import org.velella.spark.plot.InlineFrame.Labels;
import org.velella.spark.plot.InlineFrame.Range;
import org.velella.spark.plot.InlineFrame.Tick;

/** A heat map in a page. Of more cells than can be told apart, neighbours are averaged. */
final class InlineCells {
  private static final int MOST_CELLS = 50;
  private static final int LEVELS = 24;
  private static final int BAR_ROOM = 90;
  private static final int BAR_WIDTH = 14;

  private final StringBuilder out;
  private final HeatMapChart chart;
  private final HeatMapSeries series;
  private final int columns;
  private final int rows;
  private final double least;
  private final double greatest;
  private final double[] sums;
  private final int[] counts;

  InlineCells(StringBuilder out, HeatMapChart chart) {
    this.out = out;
    this.chart = chart;
    series = chart.getHeatMapSeries();
    columns = Math.min(MOST_CELLS, series.getXData().size());
    rows = Math.min(MOST_CELLS, series.getYData().size());
    sums = new double[columns * rows];
    counts = new int[columns * rows];
    for (Number[] cell : series.getHeatData()) {
      int column = (int) ((long) cell[0].intValue() * columns / series.getXData().size());
      int row = (int) ((long) cell[1].intValue() * rows / series.getYData().size());
      if (Double.isFinite(cell[2].doubleValue())) {
        sums[row * columns + column] += cell[2].doubleValue();
        counts[row * columns + column]++;
      }
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] > 0) {
        low = Math.min(low, sums[i] / counts[i]);
        high = Math.max(high, sums[i] / counts[i]);
      }
    }
    least = low;
    greatest = high;
  }

  void draw() {
    boolean merged = columns < series.getXData().size() || rows < series.getYData().size();
    InlineFrame frame =
        new InlineFrame(
            out,
            new Labels(
                chart.getTitle() + (merged ? ", neighbours averaged" : ""),
                chart.getXAxisTitle(),
                chart.getYAxisTitle(),
                List.of(),
                0,
                BAR_ROOM),
            new Range(0, columns),
            new Range(0, rows),
            chart.getHeight());
    frame.axes(ticks(series.getXData(), columns), ticks(series.getYData(), rows));
    out.append("<g fill=\"none\" shape-rendering=\"crispEdges\" transform=\"translate(");
    out.append(InlineFrame.number(frame.left())).append(' ');
    out.append(InlineFrame.number(frame.top())).append(") scale(");
    out.append(frame.width() / columns).append(' ').append(frame.height() / rows).append(")\">");
    Map<Integer, StringBuilder> paths = new TreeMap<>();
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] > 0) {
        StringBuilder path = paths.computeIfAbsent(level(i), key -> new StringBuilder());
        path.append('M').append(i % columns).append(' ').append(rows - 1 - i / columns);
        path.append(".5h1");
      }
    }
    paths.forEach(
        (level, path) -> {
          out.append("<path stroke=\"").append(Style.inRange(level / (LEVELS - 1.0)));
          out.append("\" d=\"").append(path).append("\"/>");
        });
    out.append("</g>");
    bar(frame);
  }

  private int level(int cell) {
    double share = greatest > least ? (sums[cell] / counts[cell] - least) / (greatest - least) : 1;
    return (int) Math.round(share * (LEVELS - 1));
  }

  private static List<Tick> ticks(List<?> names, int cells) {
    int every = Style.everyName(names.size());
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i < names.size(); i += every) {
      ticks.add(new Tick((i + 0.5) * cells / names.size(), String.valueOf(names.get(i))));
    }
    return ticks;
  }

  /** Which colour is which value. */
  private void bar(InlineFrame frame) {
    double left = frame.right() + BAR_WIDTH;
    double height = frame.height() / LEVELS;
    for (int level = 0; level < LEVELS; level++) {
      out.append("<rect x=\"").append(InlineFrame.number(left)).append("\" y=\"");
      out.append(InlineFrame.number(frame.top() + (LEVELS - 1 - level) * height));
      out.append("\" width=\"").append(BAR_WIDTH).append("\" height=\"");
      out.append(InlineFrame.number(height + 0.5)).append("\" fill=\"");
      out.append(Style.inRange(level / (LEVELS - 1.0))).append("\"/>");
    }
    double text = left + BAR_WIDTH + 4;
    frame.text(Style.text(greatest), text, frame.top() + 10, "");
    frame.text(Style.text((least + greatest) / 2), text, frame.top() + frame.height() / 2 + 4, "");
    frame.text(Style.text(least), text, frame.top() + frame.height(), "");
  }
}
