package org.velella.sweep;

import java.util.List;

/**
 * Numbers of one parameter from one to another, both included. However many they are, they take no
 * room: a value is computed when it is asked for.
 */
public final class SpacedSpace implements ParameterSpace {
  private final Parameter parameter;
  private final double from;
  private final double to;
  private final int count;
  private final Spacing spacing;

  private enum Spacing {
    LINEAR,
    LOGARITHMIC
  }

  private SpacedSpace(String path, double from, double to, int count, Spacing spacing) {
    parameter = Parameter.number(path);
    this.from = from;
    this.to = to;
    this.count = count;
    this.spacing = spacing;
    if (count < 1 || count == 1 && from != to) {
      throw new IllegalArgumentException(
          "%s from %s to %s needs 2 values or more, found %d".formatted(path, from, to, count));
    }
    // Those between these are no larger.
    for (int trial : new int[] {0, Math.min(1, count - 1), Math.max(0, count - 2), count - 1}) {
      if (!Double.isFinite(value(trial))) {
        throw new IllegalArgumentException(
            "Parameter %s cannot have the value %s of trial %d"
                .formatted(path, value(trial), trial));
      }
    }
  }

  /**
   * {@code count} numbers at equal distances: value i is {@code from + (to - from) * i / (count -
   * 1)}, from left to right, so that whole numbers at whole distances are whole; the last is exact.
   *
   * @throws IllegalArgumentException if {@code count} is not positive, or 1 with different ends, or
   *     a number is infinite or NaN
   */
  public static SpacedSpace linear(String path, double from, double to, int count) {
    return new SpacedSpace(path, from, to, count, Spacing.LINEAR);
  }

  /**
   * As {@link #linear}, at equal ratios.
   *
   * @throws IllegalArgumentException also if an end is not positive
   */
  public static SpacedSpace logarithmic(String path, double from, double to, int count) {
    if (!(from > 0 && to > 0)) {
      throw new IllegalArgumentException(
          "%s from %s to %s at equal ratios needs positive numbers".formatted(path, from, to));
    }
    return new SpacedSpace(path, from, to, count, Spacing.LOGARITHMIC);
  }

  private double value(int i) {
    if (i == count - 1) {
      return to;
    }
    if (i == 0) {
      return from;
    }
    if (spacing == Spacing.LINEAR) {
      return from + (to - from) * i / (count - 1);
    }
    double first = StrictMath.log(from);
    return StrictMath.exp(first + (StrictMath.log(to) - first) * ((double) i / (count - 1)));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(parameter);
  }

  @Override
  public long trials() {
    return count;
  }

  @Override
  public void row(long trial, double[] row, int at) {
    row[at] = value((int) trial);
  }
}
