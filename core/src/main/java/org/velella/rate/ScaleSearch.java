package org.velella.rate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.velella.network.Network;

/** Finds the scales of rectifiers, and the range of readouts, on calibration data. */
final class ScaleSearch {
  private final Network network;
  private final CalibrationData data;
  private final ScaleRule rule;
  private final Granularity granularity;

  /** What a rectifier or readout computed on all samples. */
  static final class Seen {
    private final float[] largest;
    private float smallest = Float.POSITIVE_INFINITY;
    private final Percentiles percentiles;

    private Seen(int groups, ScaleRule rule) {
      largest = new float[groups];
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      percentiles =
          rule.kind() == ScaleRule.Kind.PERCENTILE ? new Percentiles(groups, rule.value()) : null;
    }

    /** The smallest value of all. */
    double smallest() {
      return smallest;
    }

    /** The largest value of all. */
    double largest() {
      float most = Float.NEGATIVE_INFINITY;
      for (float each : largest) {
        most = Math.max(most, each);
      }
      return most;
    }
  }

  ScaleSearch(Network network, CalibrationData data, ScaleRule rule, Granularity granularity) {
    this.network = network;
    this.data = data;
    this.rule = rule;
    this.granularity = granularity;
  }

  /**
   * What all these nodes computed.
   *
   * @param rectifiers names
   * @param readouts names; of them only the range is looked at
   * @throws IllegalArgumentException if a value is not finite, or percentiles of so many channels
   *     need more than 1 GiB
   */
  Map<String, Seen> look(Set<String> rectifiers, Set<String> readouts) {
    Map<String, Seen> seen = new LinkedHashMap<>();
    if (rule.kind() == ScaleRule.Kind.PERCENTILE) {
      Percentiles.requireRoom(rectifiers.stream().mapToLong(this::groups).sum());
    }
    rectifiers.forEach(name -> seen.put(name, new Seen(groups(name), rule)));
    readouts.forEach(name -> seen.put(name, new Seen(1, ScaleRule.MAX)));
    Set<String> all = new LinkedHashSet<>(seen.keySet());
    int passes = rule.kind() == ScaleRule.Kind.PERCENTILE ? Percentiles.PASSES : 1;
    try (Activations activations = new Activations(network, data, all)) {
      for (int pass = 0; pass < passes; pass++) {
        activations.pass(
            (node, values, offset, length) -> take(node, seen, values, offset, length));
        seen.values().stream()
            .filter(each -> each.percentiles != null)
            .forEach(each -> each.percentiles.endPass());
      }
    }
    return seen;
  }

  /** How many scales a rectifier gets. */
  private int groups(String rectifier) {
    return granularity == Granularity.CHANNEL ? network.outputShape(rectifier).dim(0) : 1;
  }

  private void take(String node, Map<String, Seen> all, float[] values, int offset, int length) {
    Seen seen = all.get(node);
    int perGroup = length / seen.largest.length;
    for (int i = 0; i < length; i++) {
      // No -0, whose bits would not order.
      float value = values[offset + i] + 0.0f;
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "Node '%s' computes %s at index %d for a calibration sample; its activations must be finite"
                .formatted(network.node(node).path(), value, i));
      }
      int group = i / perGroup;
      seen.largest[group] = Math.max(seen.largest[group], value);
      seen.smallest = Math.min(seen.smallest, value);
      if (seen.percentiles != null) {
        seen.percentiles.take(group, value);
      }
    }
  }

  /** A rectifier's scales by the rule; 0 where it was never active. */
  double[] scales(Seen seen) {
    double[] scales = new double[seen.largest.length];
    for (int group = 0; group < scales.length; group++) {
      scales[group] =
          switch (rule.kind()) {
            case MAX -> seen.largest[group];
            case FRACTION -> seen.largest[group] * rule.value();
            case PERCENTILE -> seen.percentiles.value(group);
          };
    }
    return scales;
  }
}
