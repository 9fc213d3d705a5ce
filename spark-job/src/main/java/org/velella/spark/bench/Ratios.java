package org.velella.spark.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Speeds relative to others of the same process. */
final class Ratios {
  private Ratios() {}

  /** The same measurement with one more ratio. */
  static Measurement add(Measurement of, String name, double ratio) {
    Map<String, Double> ratios = new TreeMap<>(of.ratios());
    ratios.put(name, ratio);
    return new Measurement(
        of.workload(),
        of.engine(),
        of.threads(),
        of.params(),
        of.seconds(),
        of.work(),
        of.check(),
        ratios);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
