package org.velella.spark.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.velella.backend.vector.MachineLimits;

/** Speeds relative to others of the same process. */
final class Ratios {
  private static double peak;

  private Ratios() {}

  /** The fused multiply-adds of one core per second, counted as two, measured once per JVM. */
  static synchronized double peak() {
    peak = peak == 0 ? MachineLimits.fmaFlops() : peak;
    return peak;
  }

  /** The share of that peak which so many operations in so many seconds are. */
  static double ofPeak(double flops, int threads, double seconds) {
    return flops / threads / seconds / peak();
  }

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
