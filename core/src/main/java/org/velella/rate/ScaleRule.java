package org.velella.rate;

import java.util.Locale;

/**
 * What of a layer's activations becomes the rate of one spike per step.
 *
 * @param kind the largest activation, a percentile of all, or a fraction of the largest
 * @param value the percentile, above 0 and at most 100, or the fraction, above 0 and at most 1; 1
 *     for the largest
 */
public record ScaleRule(Kind kind, double value) {
  /** The largest activation: no rate is cut off on the calibration data. */
  public static final ScaleRule MAX = new ScaleRule(Kind.MAX, 1);

  /** What the value means. */
  public enum Kind {
    MAX,
    PERCENTILE,
    FRACTION
  }

  public ScaleRule {
    double most = kind == Kind.PERCENTILE ? 100 : 1;
    if (!(value > 0 && value <= most)) {
      throw new IllegalArgumentException(
          "A %s must be above 0 and at most %s, found %s"
              .formatted(kind.name().toLowerCase(Locale.ROOT), most, value));
    }
  }

  /**
   * The percentile of all activations, zeros included, interpolated linearly as numpy.percentile.
   */
  public static ScaleRule percentile(double percent) {
    return new ScaleRule(Kind.PERCENTILE, percent);
  }

  /** This fraction of the largest activation. */
  public static ScaleRule fraction(double of) {
    return new ScaleRule(Kind.FRACTION, of);
  }

  /**
   * A rule from its text: {@code max}, a percentile such as {@code 99.9%}, or a fraction such as
   * {@code 0.5} or {@code 1/2}.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static ScaleRule parse(String text) {
    try {
      if (text.equals("max")) {
        return MAX;
      }
      if (text.endsWith("%")) {
        return percentile(Double.parseDouble(text.substring(0, text.length() - 1)));
      }
      String[] parts = text.split("/", 2);
      double divisor = parts.length == 2 ? Double.parseDouble(parts[1]) : 1;
      return fraction(Double.parseDouble(parts[0]) / divisor);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is no rule; write max, a percentile such as 99.9%%, or a fraction such as 1/2"
              .formatted(text),
          e);
    }
  }
}
