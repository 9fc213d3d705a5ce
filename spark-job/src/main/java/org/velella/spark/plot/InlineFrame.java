package org.velella.spark.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Axes of one panel in a page. Text, ticks and grid take the colour of the text around the figure,
 * so that they show on light pages and on dark ones.
 */
final class InlineFrame {
  static final int WIDTH = Style.WIDTH;

  private static final int LEFT = 72;
  private static final int LINE = 18;
  private static final int BOTTOM = 44;
  private static final int BOTTOM_WITHOUT_TITLE = 26;
  private static final int X_TICKS = 8;
  private static final int TICK_HEIGHT = 50;

  /** Room that a letter takes, about. */
  private static final int LETTER = 7;

  private static final int MOST_LEGEND_LINES = 3;
  private static final int MOST_LETTERS = 160;

  /** Room for "and 100000 more". */
  private static final int MORE = 16 * LETTER;

  private static final double ALMOST = 1e-9;

  private final StringBuilder out;
  private final Range horizontal;
  private final Range vertical;
  private final double top;
  private final double right;
  private final double bottom;

  /** From where to where an axis goes. */
  record Range(double min, double max) {
    /** What is said, else what the values need, a little more if they are all the same. */
    static Range of(Double min, Double max, double[] values) {
      double low = min != null ? min : DoubleStream.of(values).min().orElse(0);
      double high = max != null ? max : DoubleStream.of(values).max().orElse(low + 1);
      if (high > low) {
        return new Range(low, high);
      }
      double room = Math.max(Math.abs(low) / 2, ALMOST);
      return new Range(min != null ? low : low - room, low + room);
    }

    /** Round numbers, at most about {@code count} of them. */
    List<Tick> ticks(int count) {
      double rough = (max - min) / count;
      double unit = Math.pow(10, Math.floor(Math.log10(rough)));
      double step = unit * (rough <= unit ? 1 : rough <= 2 * unit ? 2 : rough <= 5 * unit ? 5 : 10);
      List<Tick> ticks = new ArrayList<>();
      long first = (long) Math.ceil(min / step - ALMOST);
      for (long i = first; i * step <= max + ALMOST * step; i++) {
        ticks.add(new Tick(i * step, Style.text(i * step)));
      }
      return ticks;
    }
  }

  /** A mark of an axis. */
  record Tick(double at, String text) {}

  /** A series' name and colour. */
  record Entry(String name, String color) {}

  /**
   * What stands around the values.
   *
   * @param hidden how many series have no entry in the legend
   * @param room kept free on the right
   */
  record Labels(String title, String x, String y, List<Entry> legend, int hidden, int room) {
    Labels {
      title = shortened(title);
      x = shortened(x);
      y = shortened(y);
    }
  }

  /** A heading that takes at most about one line. */
  static String shortened(String text) {
    return text.length() <= MOST_LETTERS ? text : text.substring(0, MOST_LETTERS - 1) + "…";
  }

  InlineFrame(StringBuilder out, Labels labels, Range horizontal, Range vertical, int height) {
    this.out = out;
    this.horizontal = horizontal;
    this.vertical = vertical;
    right = WIDTH - LINE - labels.room();
    double y = LINE / 2.0;
    if (!labels.title().isEmpty()) {
      y += LINE;
      text(labels.title(), LEFT, y, "font-weight=\"bold\"");
      y += LINE / 2.0;
    }
    top = labels.legend().isEmpty() ? y : legend(labels.legend(), labels.hidden(), y);
    bottom = height - (labels.x().isEmpty() ? BOTTOM_WITHOUT_TITLE : BOTTOM);
    if (!labels.x().isEmpty()) {
      text(labels.x(), (LEFT + right) / 2, height - LINE / 2.0, "text-anchor=\"middle\"");
    }
    double middle = (top + bottom) / 2;
    text(
        labels.y(),
        LINE,
        middle,
        "text-anchor=\"middle\" transform=\"rotate(-90 %d %s)\"".formatted(LINE, number(middle)));
  }

  /** Draws a few lines at most, so that there is room for what they explain; returns the end. */
  private double legend(List<Entry> entries, int hidden, double from) {
    double y = from;
    double x = LEFT;
    double last = from + (MOST_LEGEND_LINES - 1) * LINE;
    int left = entries.size() + hidden;
    for (Entry entry : entries) {
      double width = 2 * LINE + (double) LETTER * entry.name().length();
      if (y < last && x > LEFT && x + width > right) {
        x = LEFT;
        y += LINE;
      }
      if (y >= last && x + width + (left > 1 ? MORE : 0) > right) {
        break;
      }
      left--;
      out.append("<path stroke=\"").append(entry.color()).append("\" stroke-width=\"4\" d=\"M");
      out.append(number(x)).append(' ').append(number(y + 8)).append("h12\"/>");
      text(entry.name(), x + LINE, y + 12, "");
      x += width;
    }
    if (left > 0) {
      text("and %d more".formatted(left), x, y + 12, "");
    }
    return y + LINE + 2;
  }

  /** Draws grid and ticks at round numbers. */
  void axes() {
    axes(horizontal.ticks(X_TICKS), vertical.ticks((int) Math.max(2, height() / TICK_HEIGHT)));
  }

  void axes(List<Tick> xTicks, List<Tick> yTicks) {
    StringBuilder grid = new StringBuilder();
    for (Tick tick : xTicks) {
      grid.append('M').append(number(x(tick.at()))).append(' ').append(number(top));
      grid.append('V').append(number(bottom));
      text(tick.text(), x(tick.at()), bottom + 16, "text-anchor=\"middle\"");
    }
    for (Tick tick : yTicks) {
      grid.append('M').append(LEFT).append(' ').append(number(y(tick.at())));
      grid.append('H').append(number(right));
      text(tick.text(), LEFT - 6.0, y(tick.at()) + 4, "text-anchor=\"end\"");
    }
    out.append("<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".15\" d=\"");
    out.append(grid).append("\"/>");
    out.append("<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".7\" d=\"M");
    out.append(LEFT).append(' ').append(number(top)).append('V').append(number(bottom));
    out.append('H').append(number(right)).append("\"/>");
  }

  double left() {
    return LEFT;
  }

  double right() {
    return right;
  }

  double top() {
    return top;
  }

  double width() {
    return right - LEFT;
  }

  double height() {
    return bottom - top;
  }

  double x(double value) {
    return LEFT + (value - horizontal.min()) / (horizontal.max() - horizontal.min()) * width();
  }

  double y(double value) {
    return bottom - (value - vertical.min()) / (vertical.max() - vertical.min()) * height();
  }

  void text(String text, double x, double y, String attributes) {
    out.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y)).append('"');
    out.append(attributes.isEmpty() ? "" : " ")
        .append(attributes)
        .append('>')
        .append(escaped(text))
        .append("</text>");
  }

  /** A coordinate, to a tenth of a pixel. */
  static String number(double value) {
    return BigDecimal.valueOf(value)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** Text that cannot become markup, nor begin a line, which notebooks read as an order. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                // Other control characters and halves of pairs cannot stand in XML at all.
                default -> safe.appendCodePoint(isShown(point) ? point : ' ');
              }
            });
    return safe.toString();
  }

  private static boolean isShown(int point) {
    return point >= ' '
        && !(point >= 0xD800 && point <= 0xDFFF)
        && point != 0xFFFE
        && point != 0xFFFF;
  }
}
