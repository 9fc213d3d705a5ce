package org.velella.plan;

import java.util.Map;
import java.util.TreeMap;
import org.velella.module.Samples;

/**
 * What differs between the samples of one tile: who they are, and parameter values by dotted path
 * such as {@code lif.tau}, one per sample, or one per sample and neuron (row-major {@code [N, *]}).
 */
public final class TileParameters {
  public static final TileParameters NONE = new TileParameters(Map.of(), Samples.numbered());

  private final Map<String, double[]> values;
  private final Samples samples;

  private TileParameters(Map<String, double[]> values, Samples samples) {
    this.values = values;
    this.samples = samples;
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
    return new TileParameters(copy, Samples.numbered());
  }

  /** These parameters for given samples, which random numbers depend on. */
  public TileParameters with(Samples whose) {
    return new TileParameters(values, whose);
  }

  /** Whose tile it is; samples 0, 1, 2, … of seed 0 unless said otherwise. */
  public Samples samples() {
    return samples;
  }

  /** The values of a path, or null if samples share the network's own. */
  double[] get(String path) {
    return values.get(path);
  }

  public java.util.Set<String> paths() {
    return values.keySet();
  }
}
