package org.velella.testkit;

/** Collects where two runs differ and words the failure. */
final class Differences {
  private final String name;
  private final int shown;
  private final StringBuilder lines = new StringBuilder();
  private int count;

  /**
   * @param shown how many differences are spelled out; the rest is counted
   */
  Differences(String name, int shown) {
    this.name = name;
    this.shown = shown;
  }

  void add(int sample, int neuron, int step, float expected, float actual) {
    if (count++ < shown) {
      lines.append(
          "%n  %s: sample %d, neuron %d, step %d: expected %s, got %s (%s)"
              .formatted(name, sample, neuron, step, expected, actual, distance(expected, actual)));
    }
  }

  private static String distance(float expected, float actual) {
    long ulps = Agreement.ulpDistance(expected, actual);
    if (ulps < 0) {
      return "one is NaN";
    }
    return ulps == 0 ? "the sign of zero" : ulps + " ulp";
  }

  void failIfAny(int total) {
    if (count > 0) {
      throw new AssertionError(
          "%s: %d of %d values differ%s%s"
              .formatted(name, count, total, lines, count > shown ? "%n  …".formatted() : ""));
    }
  }
}
