package org.velella.spark.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.velella.spark.job.UsageException;

/** Numbers as people read them. */
final class Quantity {
  private static final String[] PREFIXES = {"", " k", " M", " G", " T", " P"};
  private static final String[] BINARY = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};

  private static final Pattern TIME = Pattern.compile("([0-9]+(?:[.][0-9]+)?) ?(s|m|min|h|d)");

  private Quantity() {}

  /** Such as {@code 12.3 k}. */
  static String of(double value) {
    return scaled(value, 1000, PREFIXES);
  }

  /** Such as {@code 4.0 MiB}. */
  static String bytes(double value) {
    return scaled(value, 1024, BINARY);
  }

  private static String scaled(double value, double base, String[] units) {
    double rest = value;
    int unit = 0;
    while (rest >= base && unit < units.length - 1) {
      rest /= base;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", rest, units[unit]);
  }

  /**
   * Seconds of a time such as {@code 90s}, {@code 30m} or {@code 30min}, {@code 1.5h} or {@code
   * 2d}.
   *
   * @param option for the message
   * @throws UsageException if it is something else
   */
  static double seconds(String option, String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw new UsageException(
          "%s is %s; give a time such as 90s, 30min, 20h or 2d".formatted(option, text));
    }
    double unit =
        switch (matcher.group(2)) {
          case "s" -> 1;
          case "m", "min" -> 60;
          case "h" -> 3600;
          default -> 86_400;
        };
    return Double.parseDouble(matcher.group(1)) * unit;
  }

  /** Such as {@code 2 h 05 min}; an unknown time is a question mark. */
  static String duration(double seconds) {
    if (Double.isInfinite(seconds) || Double.isNaN(seconds)) {
      return "?";
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
    return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
}
