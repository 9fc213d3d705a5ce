package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.velella.network.Network;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;

/**
 * What is kept over a run, sample by sample, mostly of the output neurons' spikes. Counts and first
 * steps always are, if every Output passes on spikes; what costs a look at every single spike is
 * kept for who asks for it:
 *
 * <ul>
 *   <li>{@code isi}: the intervals between a neuron's spikes, for their mean and variation
 *   <li>{@code fano:W}: the spikes of all outputs together in windows of W steps, for their Fano
 *       factor
 *   <li>{@code operations} or {@code operations:A:M}: spikes, synaptic operations, additions,
 *       multiplications with an addition and updates of every node, and an estimate of the energy
 *       that they take, with A and M picojoules for one of either
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

  /** INT64 {@code [nodes]}: each counted node's spikes. */
  public static final String NODE_SPIKES = "node_spikes";

  /** INT64 {@code [nodes]}: weights that spikes have met. */
  public static final String NODE_SYNAPTIC_OPERATIONS = "node_synops";

  /** INT64 {@code [nodes]}: additions, those of synaptic operations among them. */
  public static final String NODE_ADDITIONS = "node_acs";

  /** INT64 {@code [nodes]}: multiplications with an addition. */
  public static final String NODE_PRODUCTS = "node_macs";

  /** INT64 {@code [nodes]}: numbers that neurons remember, once for each step. */
  public static final String NODE_UPDATES = "node_updates";

  /** Only what is always kept. */
  public static final OutputMetrics PLAIN = new OutputMetrics(false, 0, null);

  private static final String ISI = "isi";
  private static final String FANO = "fano";
  private static final String OPERATIONS = "operations";

  private final boolean intervals;
  private final int window;
  private final OperationEnergy energy;

  private OutputMetrics(boolean intervals, int window, OperationEnergy energy) {
    this.intervals = intervals;
    this.window = window;
    this.energy = energy;
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
    OperationEnergy energy = null;
    for (String each : text.split(",", -1)) {
      String[] parts = each.strip().split(":", 2);
      if (parts[0].equals(ISI) && parts.length == 1 && !intervals) {
        intervals = true;
      } else if (parts[0].equals(FANO) && parts.length == 2 && window == 0) {
        window = steps(each, parts[1]);
      } else if (parts[0].equals(OPERATIONS) && energy == null) {
        energy = parts.length == 1 ? OperationEnergy.DEFAULT : OperationEnergy.parse(parts[1]);
      } else {
        throw new IllegalArgumentException(
            "There is no metric '%s', or it is there twice; there are isi, fano:STEPS and operations, each once"
                .formatted(each.strip()));
      }
    }
    return new OutputMetrics(intervals, window, energy);
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
   * @throws IllegalArgumentException if what is asked for is of outputs, and they are no spikes
   */
  public void requireOf(Network network) {
    if ((intervals || window > 0) && !apply(network)) {
      throw new IllegalArgumentException(
          "Metrics '%s' are of spikes, and not every Output of the network passes on spikes"
              .formatted(this));
    }
  }

  /** What is kept of a network, in order; nothing of its outputs if they are no spikes. */
  public List<Statistic> statistics(Network network) {
    List<Statistic> kept = new ArrayList<>();
    if (apply(network)) {
      addOutputs(network, kept);
    }
    if (energy().isPresent()) {
      Shape nodes = Shape.of(CountedNodes.of(network).size());
      kept.add(new Statistic(NODE_SPIKES, DType.INT64, nodes, 0));
      kept.add(new Statistic(NODE_SYNAPTIC_OPERATIONS, DType.INT64, nodes, 0));
      kept.add(new Statistic(NODE_ADDITIONS, DType.INT64, nodes, 0));
      kept.add(new Statistic(NODE_PRODUCTS, DType.INT64, nodes, 0));
      kept.add(new Statistic(NODE_UPDATES, DType.INT64, nodes, 0));
    }
    return kept;
  }

  private void addOutputs(Network network, List<Statistic> kept) {
    int width =
        network.outputs().stream()
            .mapToInt(output -> network.outputShape(output.name()).size())
            .sum();
    Shape each = Shape.of(width);
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
  }

  /** The nodes whose operations are counted, in the order of their counts, by name. */
  public static List<String> countedNodes(Network network) {
    return CountedNodes.of(network).stream().map(each -> each.node().name()).toList();
  }

  /** Whether intervals between spikes are kept. */
  public boolean hasIntervals() {
    return intervals;
  }

  /** The steps of a window in which the outputs' spikes are counted, if they are. */
  public OptionalInt window() {
    return window == 0 ? OptionalInt.empty() : OptionalInt.of(window);
  }

  /** What operations are estimated to take, if they are counted. */
  public Optional<OperationEnergy> energy() {
    return Optional.ofNullable(energy);
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (intervals) {
      parts.add(ISI);
    }
    if (window > 0) {
      parts.add(FANO + ":" + window);
    }
    if (energy != null) {
      parts.add(
          energy.equals(OperationEnergy.DEFAULT) ? OPERATIONS : OPERATIONS + ":" + energy.text());
    }
    return String.join(",", parts);
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
