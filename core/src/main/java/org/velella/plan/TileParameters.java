package org.velella.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * Parameter values that differ between the samples of one tile, by dotted path such as {@code
 * lif.tau}: one per sample, or one per sample and neuron (row-major {@code [N, *]}).
 */
public final class TileParameters {
  public static final TileParameters NONE = new TileParameters(Map.of());

  private final Map<String, double[]> values;

  private TileParameters(Map<String, double[]> values) {
    this.values = values;
  }

  /** Parameters by path; the arrays are copied. */
  public static TileParameters of(Map<String, double[]> values) {
    Map<String, double[]> copy = new TreeMap<>();
    values.forEach(
        (path, array) -> {
          for (int i = 0; i < array.length; i++) {
            if (!Double.isFinite(array[i])) {
              throw new IllegalArgumentException(
                  "Parameter %s must be finite, found %s at index %d".formatted(path, array[i], i));
            }
          }
          copy.put(path, array.clone());
        });
    return new TileParameters(copy);
  }

  /** The values of a path, or null if samples share the network's own. */
  double[] get(String path) {
    return values.get(path);
  }

  public java.util.Set<String> paths() {
    return values.keySet();
  }
}
