package org.velella.spark.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How all figures look. Colours: Okabe and Ito (2008), which colour-blind people tell apart. */
final class Style {
  static final int WIDTH = 720;
  static final int HEIGHT = 440;

  private static final Color[] COLORS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
    new Color(0xE69F00), new Color(0x56B4E9), new Color(0x555555), new Color(0xF0E442)
  };

  /** From few to many, dark to light, evenly in lightness (viridis). */
  private static final Color[] RANGE = {
    new Color(0x440154),
    new Color(0x414487),
    new Color(0x2A788E),
    new Color(0x22A884),
    new Color(0x7AD151),
    new Color(0xFDE725)
  };

  private static final int DOT = 3;
  private static final float HAIR = 0.6f;
  private static final int DIGITS = 4;

  /** Of the places of a heat map's axis, so that names do not cover each other. */
  private static final int MOST_NAMES = 10;

  private static final int TICK_WIDTH = 90;

  /** Room for the labels of the y axis, so that panels one below the other have equal frames. */
  private static final int LABEL_WIDTH = 64;

  private Style() {}

  /** A number with as many digits as people read, and none that is only rounding. */
  static String text(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    return size >= 1e-4 && size < 1e7
        ? new BigDecimal(value)
            .round(new MathContext(DIGITS, RoundingMode.HALF_EVEN))
            .stripTrailingZeros()
            .toPlainString()
        : String.format(Locale.ROOT, "%.3g", value);
  }

  /** A colour of heat maps, in hexadecimal, for a share from 0 to 1. */
  static String inRange(double share) {
    double place = Math.max(0, Math.min(1, share)) * (RANGE.length - 1);
    int below = Math.min((int) place, RANGE.length - 2);
    double part = place - below;
    Color a = RANGE[below];
    Color b = RANGE[below + 1];
    int color = mixed(a.getRed(), b.getRed(), part) << 16;
    color |= mixed(a.getGreen(), b.getGreen(), part) << 8;
    color |= mixed(a.getBlue(), b.getBlue(), part);
    return String.format(Locale.ROOT, "#%06x", color);
  }

  private static int mixed(int a, int b, double part) {
    return (int) Math.round(a + part * (b - a));
  }

  /** An empty chart of lines or points. */
  static XYChart lines(String title, String x, String y, int height) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    common(chart.getStyler());
    Color[] colors = COLORS.clone();
    chart.getStyler().setSeriesColors(colors);
    Marker[] markers = new Marker[colors.length];
    Arrays.fill(markers, SeriesMarkers.CIRCLE);
    chart.getStyler().setSeriesMarkers(markers);
    chart.getStyler().setMarkerSize(DOT + 2);
    chart.getStyler().setPlotGridLinesColor(new Color(0xE4E4E4));
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    axes(chart.getStyler());
    return chart;
  }

  /** Small dots for single spikes. */
  static void asRaster(XYChart chart) {
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    chart.getStyler().setMarkerSize(DOT);
  }

  /** A thin broken line, such as a threshold's. */
  static void asLimit(XYSeries series) {
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(new Color(0x555555));
    series.setLineStyle(
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {6, 4}, 0));
  }

  /**
   * A line with two hair lines of its colour, which belong to it and stand in no legend.
   *
   * @param number of the line, which says its colour
   */
  static void asRange(int number, XYSeries line, XYSeries least, XYSeries greatest) {
    Color color = COLORS[number % COLORS.length];
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(color);
    asBound(least, color);
    asBound(greatest, color);
  }

  /** Whether a line is a bound of the one before it. */
  static boolean isBound(XYSeries series) {
    return !series.isShowInLegend();
  }

  private static void asBound(XYSeries bound, Color color) {
    bound.setMarker(SeriesMarkers.NONE);
    bound.setShowInLegend(false);
    bound.setLineColor(color);
    bound.setLineStyle(new BasicStroke(HAIR));
  }

  /** Every how many places of a heat map's axis one has its name beside it. */
  static int everyName(int places) {
    return (places + MOST_NAMES - 1) / MOST_NAMES;
  }

  /** The names of places, blank for those that have no room. */
  static List<String> named(List<String> names) {
    int every = everyName(names.size());
    return IntStream.range(0, names.size())
        .mapToObj(place -> place % every == 0 ? names.get(place) : " ")
        .toList();
  }

  static HeatMapChart heatMap(String title, String x, String y) {
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    common(chart.getStyler());
    chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    chart.getStyler().setRangeColors(RANGE.clone());
    chart.getStyler().setPiecewise(false);
    return chart;
  }

  private static void axes(AxesChartStyler styler) {
    styler.setxAxisTickLabelsFormattingFunction(Style::text);
    styler.setyAxisTickLabelsFormattingFunction(Style::text);
    styler.setXAxisTickMarkSpacingHint(TICK_WIDTH);
    styler.setYAxisLeftWidthHint(LABEL_WIDTH);
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
  }

  private static void common(Styler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    styler.setLegendBorderColor(Color.WHITE);
    styler.setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
  }
}
