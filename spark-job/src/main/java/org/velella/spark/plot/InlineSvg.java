package org.velella.spark.plot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.velella.spark.plot.InlineFrame.Entry;
import org.velella.spark.plot.InlineFrame.Labels;
import org.velella.spark.plot.InlineFrame.Range;

/**
 * Charts as one short SVG element for a page: no ids, no scripts, nothing that has to be loaded. It
 * stays below {@link #MOST_BYTES}, however much there is to show.
 */
final class InlineSvg {
  /** Notebooks cut off what is longer than 102,400 bytes. */
  static final int MOST_BYTES = 90_000;

  /** Spikes that are drawn one by one; of more, how many lie in each cell. */
  static final int MOST_MARKS = 4_000;

  /**
   * Colours that differ by at least 4:1 from white and from the usual dark page, in the hues of
   * {@link Style}.
   */
  static final List<String> COLORS =
      List.of(
          "#0084ce", "#d05c00", "#009169", "#c15b94", "#a97500", "#1985c2", "#7f7f7f", "#8e8000");

  /** So many that larger ones would cover each other. */
  private static final int MANY_MARKS = 1_000;

  private static final int MOST_POINTS = 5_000;
  private static final int MOST_POINTS_BESIDE_OTHERS = 1_500;
  private static final int FEW_POINTS = 60;
  private static final int MOST_SERIES = 40;
  private static final List<Integer> NONE = List.of();
  private static final String SOME = "; %d of %d lines, those that go highest";
  private static final int MOST_LETTERS = 80;

  /** By so much a figure is coarsened at most: less would be left than can be seen. */
  private static final int COARSEST = 32;

  private static final double MOST_TICK_HEIGHT = 12;

  private final StringBuilder out = new StringBuilder();
  private final int points;

  private InlineSvg(int panels, int coarseness) {
    points = (panels == 1 ? MOST_POINTS : MOST_POINTS_BESIDE_OTHERS) / coarseness;
  }

  /**
   * The charts, one below the other, as fine as the length allows.
   *
   * @param density in place of the first chart's spikes; null if these are few
   * @throws IllegalStateException if it is too long however coarse it is
   */
  static String of(List<Chart<?, ?>> panels, SpikeDensity density) {
    String svg = "";
    for (int coarseness = 1; coarseness <= COARSEST; coarseness *= 2) {
      svg = draw(panels, density == null ? null : density.coarser(coarseness), coarseness);
      if (svg.getBytes(StandardCharsets.UTF_8).length < MOST_BYTES) {
        return svg;
      }
    }
    throw new IllegalStateException(
        "The figure is %d characters long, of %d that a page may hold; show fewer neurons or steps"
            .formatted(svg.length(), MOST_BYTES));
  }

  private static String draw(List<Chart<?, ?>> panels, SpikeDensity density, int coarseness) {
    InlineSvg svg = new InlineSvg(panels.size(), coarseness);
    int height = panels.stream().mapToInt(Chart::getHeight).sum();
    String title = density != null ? density.heading() : panels.get(0).getTitle();
    svg.out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ");
    svg.out.append(InlineFrame.WIDTH).append(' ').append(height);
    svg.out.append("\" width=\"").append(InlineFrame.WIDTH).append("\" height=\"").append(height);
    svg.out.append("\" style=\"max-width:100%;height:auto\" font-family=\"sans-serif\"");
    svg.out.append(" font-size=\"12\" fill=\"currentColor\"><title>");
    svg.out.append(InlineFrame.escaped(InlineFrame.shortened(title))).append("</title>");
    int top = 0;
    for (Chart<?, ?> panel : panels) {
      svg.out.append("<g transform=\"translate(0 ").append(top).append(")\">");
      // The first panel says for all which colour is which series.
      svg.panel(panel, top == 0 ? density : null, top == 0);
      svg.out.append("</g>");
      top += panel.getHeight();
    }
    return svg.out.append("</svg>").toString();
  }

  private void panel(Chart<?, ?> panel, SpikeDensity density, boolean first) {
    if (panel instanceof HeatMapChart map) {
      new InlineCells(out, map).draw();
    } else if (panel instanceof XYChart chart) {
      lines(chart, density, first && chart.getStyler().isLegendVisible());
    } else {
      throw new IllegalArgumentException("There is no way to draw " + panel.getClass().getName());
    }
  }

  private static String shortened(String name) {
    return name.length() <= MOST_LETTERS ? name : name.substring(0, MOST_LETTERS - 1) + "…";
  }

  private void lines(XYChart chart, SpikeDensity density, boolean named) {
    List<XYSeries> series = List.copyOf(chart.getSeriesMap().values());
    XYSeries.XYSeriesRenderStyle style = chart.getStyler().getDefaultSeriesRenderStyle();
    boolean raster = style == XYSeries.XYSeriesRenderStyle.Scatter;
    List<Integer> shown = raster ? first(series.size()) : highest(series);
    List<Entry> legend = new ArrayList<>();
    for (int i : named ? shown.subList(0, Math.min(MOST_SERIES, shown.size())) : NONE) {
      if (Style.isBound(series.get(i))) {
        continue;
      }
      String stroke = isBroken(series.get(i)) ? "currentColor" : color(number(series, i));
      legend.add(new Entry(shortened(series.get(i).getName()), stroke));
    }
    int hidden = (int) series.stream().filter(one -> !Style.isBound(one)).count() - legend.size();
    String title = density != null ? density.heading() : chart.getTitle();
    int left = series.size() - shown.size();
    String x =
        chart.getXAxisTitle() + (left > 0 ? SOME.formatted(shown.size(), series.size()) : "");
    List<XYSeries> drawn = shown.stream().map(series::get).toList();
    InlineFrame frame =
        new InlineFrame(
            out,
            new Labels(title, x, chart.getYAxisTitle(), legend, hidden, 0),
            range(chart, drawn, Axis.X),
            range(chart, drawn, Axis.Y),
            chart.getHeight());
    frame.axes();
    if (density != null) {
      density.draw(out, frame);
    } else if (raster) {
      spikes(series, frame);
    } else {
      for (int i : shown) {
        if (style == XYSeries.XYSeriesRenderStyle.StepArea) {
          bars(series.get(i), frame, color(i));
        } else {
          line(series.get(i), frame, color(number(series, i)), points / shown.size());
        }
      }
    }
  }

  /** Of a line, not counting bounds, which have the number of the line that they belong to. */
  private static int number(List<XYSeries> series, int at) {
    return (int) series.subList(0, at + 1).stream().filter(one -> !Style.isBound(one)).count() - 1;
  }

  private static List<Integer> first(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** Places of as many lines as can be told apart, those that go highest, in their order. */
  private static List<Integer> highest(List<XYSeries> series) {
    return IntStream.range(0, series.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -peak(series.get(i))))
        .limit(MOST_SERIES)
        .sorted()
        .toList();
  }

  private static double peak(XYSeries series) {
    return Arrays.stream(series.getYData())
        .filter(Double::isFinite)
        .max()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private enum Axis {
    X,
    Y
  }

  private static Range range(XYChart chart, Collection<XYSeries> series, Axis axis) {
    double[] values =
        series.stream()
            .flatMapToDouble(
                one -> DoubleStream.of(axis == Axis.X ? one.getXData() : one.getYData()))
            .filter(Double::isFinite)
            .toArray();
    return axis == Axis.X
        ? Range.of(chart.getStyler().getXAxisMin(), chart.getStyler().getXAxisMax(), values)
        : Range.of(chart.getStyler().getYAxisMin(), chart.getStyler().getYAxisMax(), values);
  }

  /** The colour of a series. */
  static String color(int series) {
    return COLORS.get(series % COLORS.size());
  }

  private void begin(String stroke, String width) {
    out.append("<path fill=\"none\" stroke=\"").append(stroke).append("\" stroke-width=\"");
    out.append(width).append('"');
  }

  /** A short bar for each spike, in the middle of its neuron's row; one path for each colour. */
  private void spikes(List<XYSeries> nodes, InlineFrame frame) {
    double row = frame.y(0) - frame.y(1);
    int marks = nodes.stream().mapToInt(node -> node.getXData().length).sum();
    double height = Math.max(marks < MANY_MARKS ? 3 : 1.5, Math.min(MOST_TICK_HEIGHT, 0.7 * row));
    for (int color = 0; color < Math.min(COLORS.size(), nodes.size()); color++) {
      begin(color(color), InlineFrame.number(height));
      out.append(" d=\"");
      for (int node = color; node < nodes.size(); node += COLORS.size()) {
        double[] x = nodes.get(node).getXData();
        double[] y = nodes.get(node).getYData();
        for (int i = 0; i < x.length; i++) {
          out.append('M').append(Math.round(frame.x(x[i]))).append(' ');
          out.append(InlineFrame.number(frame.y(y[i] + 0.5))).append("h2");
        }
      }
      out.append("\"/>");
    }
  }

  private void bars(XYSeries series, InlineFrame frame, String color) {
    out.append("<path fill=\"").append(color).append("\" d=\"M");
    out.append(InlineFrame.number(frame.x(series.getXData()[0]))).append(' ');
    out.append(InlineFrame.number(frame.y(0)));
    for (int i = 0; i < series.getXData().length; i++) {
      out.append('H').append(InlineFrame.number(frame.x(series.getXData()[i])));
      out.append('V').append(InlineFrame.number(frame.y(series.getYData()[i])));
    }
    out.append("\"/>");
  }

  private static boolean isBroken(XYSeries series) {
    return series.getLineStyle() != null && series.getLineStyle().getDashArray() != null;
  }

  private void line(XYSeries series, InlineFrame frame, String color, int most) {
    boolean broken = isBroken(series);
    String width = broken ? "1" : Style.isBound(series) ? "0.6" : "1.8";
    begin(broken ? "currentColor" : color, width);
    out.append(broken ? " stroke-dasharray=\"6 4\"" : "").append(" stroke-linejoin=\"round\" d=\"");
    double[] x = series.getXData();
    double[] y = series.getYData();
    boolean pen = false;
    for (int i : kept(y, most)) {
      if (!Double.isFinite(y[i])) {
        pen = false;
        continue;
      }
      out.append(pen ? 'L' : 'M').append(InlineFrame.number(frame.x(x[i]))).append(' ');
      out.append(InlineFrame.number(frame.y(y[i])));
      pen = true;
    }
    out.append("\"/>");
    Marker marker = series.getMarker();
    if (x.length <= FEW_POINTS && marker != SeriesMarkers.NONE && !broken) {
      begin(color, "6");
      out.append(" stroke-linecap=\"round\" d=\"");
      for (int i = 0; i < x.length; i++) {
        if (Double.isFinite(y[i])) {
          out.append('M').append(InlineFrame.number(frame.x(x[i]))).append(' ');
          out.append(InlineFrame.number(frame.y(y[i]))).append("h0");
        }
      }
      out.append("\"/>");
    }
  }

  /**
   * Points of a line: all, or the least and the greatest of each of equally long pieces. A piece
   * without any finite value is one point, a gap.
   */
  static List<Integer> kept(double[] y, int most) {
    List<Integer> kept = new ArrayList<>();
    if (y.length <= most) {
      for (int i = 0; i < y.length; i++) {
        kept.add(i);
      }
      return kept;
    }
    int pieces = Math.max(1, most / 2);
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) y.length * piece / pieces);
      int to = (int) ((long) y.length * (piece + 1) / pieces);
      while (from < to - 1 && !Double.isFinite(y[from])) {
        from++;
      }
      int least = from;
      int greatest = from;
      for (int i = from; i < to; i++) {
        boolean finite = Double.isFinite(y[i]);
        least = finite && y[i] < y[least] ? i : least;
        greatest = finite && y[i] > y[greatest] ? i : greatest;
      }
      kept.add(Math.min(least, greatest));
      if (least != greatest) {
        kept.add(Math.max(least, greatest));
      }
    }
    return kept;
  }
}
