package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.velella.network.Network;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;

/**
 * What is kept of the output neurons' spikes over a run, sample by sample. Counts and first steps
 * always are, if every Output passes on spikes; what costs a look at every single spike is kept for
 * who asks for it:
 *
 * <ul>
 *   <li>{@code isi}: the intervals between a neuron's spikes, for their mean and variation
 *   <li>{@code fano:W}: the spikes of all outputs together in windows of W steps, for their Fano
 *       factor
 * </ul>
 *
 * Immutable.
 */
public final class OutputMetrics {
  /** INT32 {@code [F]}: each output neuron's spikes. */
  public static final String SPIKE_COUNTS = "spike_counts";

  /** INT32 {@code [F]}: the step of each output neuron's first spike, or -1. */
  public static final String FIRST_SPIKE_STEP = "first_spike_step";

  /** INT32 {@code [F]}: the step of each output neuron's last spike, or -1. */
  public static final String LAST_SPIKE_STEP = "last_spike_step";

  /** INT64 {@code [F]}: the sum of squares of the intervals between a neuron's spikes, in steps. */
  public static final String INTERVAL_SQUARES = "interval_squares";

  /** INT64 scalar: the outputs' spikes in the window that the next step is in. */
  public static final String WINDOW_SPIKES = "window_spikes";

  /** INT64 scalar: the sum of squares of the outputs' spikes in the windows before it. */
  public static final String WINDOW_SQUARES = "window_squares";

  /** Only what is always kept. */
  public static final OutputMetrics PLAIN = new OutputMetrics(false, 0);

  private static final String ISI = "isi";
  private static final String FANO = "fano";

  private final boolean intervals;
  private final int window;

  private OutputMetrics(boolean intervals, int window) {
    this.intervals = intervals;
    this.window = window;
  }

  /**
   * What a user asks for, such as {@code isi,fano:50}; empty: nothing beyond what always is kept.
   *
   * @throws IllegalArgumentException if there is no such metric; the message says which there are
   */
  public static OutputMetrics parse(String text) {
    if (text.isBlank()) {
      return PLAIN;
    }
    boolean intervals = false;
    int window = 0;
    for (String each : text.split(",", -1)) {
      String[] parts = each.strip().split(":", 2);
      if (parts[0].equals(ISI) && parts.length == 1 && !intervals) {
        intervals = true;
      } else if (parts[0].equals(FANO) && parts.length == 2 && window == 0) {
        window = steps(each, parts[1]);
      } else {
        throw new IllegalArgumentException(
            "There is no metric '%s', or it is there twice; there are isi and fano:STEPS, each once"
                .formatted(each.strip()));
      }
    }
    return new OutputMetrics(intervals, window);
  }

  private static int steps(String metric, String text) {
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) == 0) {
      throw new IllegalArgumentException(
          "The metric '%s' needs the steps of a window, such as fano:50".formatted(metric.strip()));
    }
    return Integer.parseInt(text);
  }

  /** Whether a network's outputs are spikes, so that there is something to keep. */
  public static boolean apply(Network network) {
    return network.outputs().stream().allMatch(output -> network.spikes(output.name()));
  }

  /**
   * Checks that a network has what is asked for.
   *
   * @throws IllegalArgumentException if its outputs are no spikes
   */
  public void requireOf(Network network) {
    if (!equals(PLAIN) && !apply(network)) {
      throw new IllegalArgumentException(
          "Metrics '%s' are of spikes, and not every Output of the network passes on spikes"
              .formatted(this));
    }
  }

  /** What is kept of a network's outputs, in order; nothing if they are no spikes. */
  public List<Statistic> statistics(Network network) {
    if (!apply(network)) {
      return List.of();
    }
    int width =
        network.outputs().stream()
            .mapToInt(output -> network.outputShape(output.name()).size())
            .sum();
    Shape each = Shape.of(width);
    List<Statistic> kept = new ArrayList<>();
    kept.add(new Statistic(SPIKE_COUNTS, DType.INT32, each, 0));
    kept.add(new Statistic(FIRST_SPIKE_STEP, DType.INT32, each, -1));
    if (hasIntervals()) {
      kept.add(new Statistic(LAST_SPIKE_STEP, DType.INT32, each, -1));
      kept.add(new Statistic(INTERVAL_SQUARES, DType.INT64, each, 0));
    }
    if (window > 0) {
      kept.add(new Statistic(WINDOW_SPIKES, DType.INT64, Shape.SCALAR, 0));
      kept.add(new Statistic(WINDOW_SQUARES, DType.INT64, Shape.SCALAR, 0));
    }
    return kept;
  }

  /** Whether intervals between spikes are kept. */
  public boolean hasIntervals() {
    return intervals;
  }

  /** The steps of a window in which the outputs' spikes are counted, if they are. */
  public OptionalInt window() {
    return window == 0 ? OptionalInt.empty() : OptionalInt.of(window);
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return (intervals ? ISI : "")
        + (intervals && window > 0 ? "," : "")
        + (window > 0 ? FANO + ":" + window : "");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutputMetrics metrics && metrics.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
