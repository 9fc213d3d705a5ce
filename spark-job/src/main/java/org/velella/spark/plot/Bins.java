package org.velella.spark.plot;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * Equal parts of the range of a parameter that has more values than a figure has places: equal in
 * width, or by their logarithms where values are spread over orders of magnitude.
 *
 * @param min the least value
 * @param max the greatest value, greater than the least
 * @param count how many parts
 * @param scale what is equal
 */
record Bins(double min, double max, int count, Scale scale) {
  /** Less than this between the least and the greatest value is no matter of magnitude. */
  private static final double DECADE = 10;

  /** What is equal of all parts. */
  enum Scale {
    LINEAR,
    LOGARITHMIC
  }

  /**
   * Parts of a range.
   *
   * @param median of the values: where it is nearer to the middle of the logarithms than to the
   *     middle of the range, the parts are logarithmic
   */
  static Bins of(double min, double max, double median, int count) {
    return new Bins(min, max, count, scale(min, max, median));
  }

  private static Scale scale(double min, double max, double median) {
    if (min <= 0 || max < DECADE * min) {
      return Scale.LINEAR;
    }
    double linear = (median - min) / (max - min);
    double logarithmic = Math.log(median / min) / Math.log(max / min);
    return Math.abs(logarithmic - 0.5) < Math.abs(linear - 0.5) ? Scale.LOGARITHMIC : Scale.LINEAR;
  }

  /** The number of the part that a value is in, from 0; the greatest value is in the last one. */
  Column of(Column value) {
    Column share =
        scale == Scale.LINEAR
            ? value.minus(min).divide(max - min)
            : functions.log(value.divide(min)).divide(Math.log(max / min));
    Column part = functions.floor(share.multiply(count)).cast("int");
    return functions.greatest(functions.lit(0), functions.least(part, functions.lit(count - 1)));
  }

  /** Where a part begins; of {@code count}, where the last one ends. */
  double edge(int part) {
    double share = (double) part / count;
    return scale == Scale.LINEAR ? min + share * (max - min) : min * Math.pow(max / min, share);
  }

  /** The middle of a part. */
  double middle(int part) {
    return scale == Scale.LINEAR
        ? (edge(part) + edge(part + 1)) / 2
        : Math.sqrt(edge(part) * edge(part + 1));
  }

  /** How many parts of what kind, for people. */
  String text() {
    return count + (scale == Scale.LINEAR ? " bins" : " logarithmic bins");
  }
}
