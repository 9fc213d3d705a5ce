package org.velella.rate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.Edge;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.OutputOperation;
import org.velella.network.exchange.BatchNormFolding;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;

/**
 * Makes a spiking network of a dense one whose neurons are rectifiers ({@code relu}). Each
 * rectifier becomes integrate-and-fire neurons with a soft reset, whose rate times the layer's
 * scale stands for the activation. The scales, found on calibration data, go into the weights:
 * {@code W'[o, i] = W[o, i] scale_in[i] / scale_out[o]} and {@code b' = b / scale_out}, computed in
 * float64 and rounded once. Batch norms are folded first. The input is held: the same numbers at
 * every step.
 */
public final class RateConversion {
  private static final NeuronModel ECHO =
      NeuronModel.parse("model readout\n  charge h = x\n  output y = h\n");

  private final Network dense;
  private ScaleRule rule = ScaleRule.MAX;
  private Granularity granularity = Granularity.LAYER;
  private Readout readout = Readout.SPIKES;
  private Start start = Start.ZERO;

  private RateConversion(Network dense) {
    this.dense = dense;
  }

  /**
   * What came out.
   *
   * @param network the spiking network; its nodes have the names of the dense one's
   * @param scales of each rectifier and readout, by its path: one number, or one per channel
   * @param notes what was folded, added or cannot be exact
   */
  public record Converted(Network network, Map<String, double[]> scales, List<String> notes) {
    public Converted {
      scales = Collections.unmodifiableMap(new LinkedHashMap<>(scales));
      notes = List.copyOf(notes);
    }
  }

  /** The conversion of a dense network. */
  public static RateConversion of(Network dense) {
    return new RateConversion(dense);
  }

  /** What of a layer's activations becomes one spike per step; the largest unless said. */
  public RateConversion rule(ScaleRule value) {
    rule = value;
    return this;
  }

  /** Whether each channel has a scale of its own; one per layer unless said. */
  public RateConversion granularity(Granularity value) {
    granularity = value;
    return this;
  }

  /** What becomes of outputs that are no rectifiers; spikes unless said. */
  public RateConversion readout(Readout value) {
    readout = value;
    return this;
  }

  /** Where potentials start; at zero unless said. */
  public RateConversion start(Start value) {
    start = value;
    return this;
  }

  /**
   * The spiking network.
   *
   * @throws NetworkException if the network has a node that no spikes can stand for; the message
   *     names it
   * @throws IllegalArgumentException if there are no calibration samples, or an activation is not
   *     finite
   */
  public Converted convert(CalibrationData data) {
    if (data.samples() < 1) {
      throw new IllegalArgumentException("There are no calibration samples; give at least one");
    }
    BatchNormFolding.Folded folded = BatchNormFolding.fold(dense);
    List<String> notes = new ArrayList<>(folded.notes());
    requireConvertible(folded);
    if (granularity == Granularity.CHANNEL) {
      SpikingBuilder.requireVectors(folded.network());
    }
    Set<String> readouts = new LinkedHashSet<>();
    Network network = withReadouts(folded.network(), readouts);
    Set<String> rectifiers = new LinkedHashSet<>();
    for (Node node : network.nodes()) {
      if (isRectifier(node.operation())) {
        rectifiers.add(node.name());
      }
    }
    ScaleSearch search = new ScaleSearch(network, data, rule, granularity);
    Map<String, ScaleSearch.Seen> seen = search.look(rectifiers, readouts);
    SpikingBuilder builder = new SpikingBuilder(network, neurons());
    for (String name : rectifiers) {
      double[] scales = search.scales(seen.get(name));
      // Rates of outputs are compared with each other.
      double[] compared = isOutput(network, name) ? one(scales) : scales;
      builder.rectifier(name, alive(network, name, compared, notes));
    }
    if (readout == Readout.VALUES) {
      network.outputs().stream()
          .map(Node::name)
          .filter(output -> !spikes(network, output))
          .forEach(builder::valued);
    }
    for (String name : readouts) {
      builder.readout(name, seen.get(name).smallest(), seen.get(name).largest());
    }
    Network spiking = builder.build(notes);
    return new Converted(spiking, builder.scales(), notes);
  }

  private Operation neurons() {
    return new NeuronOperation(
        start == Start.HALF_THRESHOLD
            ? NeuronModels.halfThresholdIf()
            : NeuronModels.integrateAndFire(ResetKind.SOFT),
        Map.of());
  }

  /** What was never active stays as it is: there is nothing to scale by. */
  private static double[] alive(Network network, String name, double[] scales, List<String> notes) {
    int dead = 0;
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0)) {
        scales[i] = 1;
        dead++;
      }
    }
    if (dead > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %d of %d scales are 0 on the calibration data and taken as 1",
              network.node(name).path(),
              dead,
              scales.length));
    }
    return scales;
  }

  static boolean isRectifier(Operation operation) {
    return operation instanceof NeuronOperation neurons
        && neurons.model().equals(NeuronModels.relu());
  }

  static boolean isReadout(Operation operation) {
    return operation instanceof NeuronOperation neurons && neurons.model().equals(ECHO);
  }

  private static void requireConvertible(BatchNormFolding.Folded folded) {
    Network network = folded.network();
    if (!network.delayed().isEmpty()) {
      throw new NetworkException(
          "Rates stand for activations only without recurrence; the network has the edge "
              + network.delayed().iterator().next());
    }
    for (Node node : network.nodes()) {
      Operation operation = node.operation();
      if (operation instanceof BatchNormOperation) {
        throw new NetworkException(
            "A batch norm must be folded into the layer before it: " + folded.notes());
      }
      boolean known =
          operation instanceof InputOperation
              || operation instanceof OutputOperation
              || operation instanceof LinearOperation
              || operation instanceof ConvOperation
              || operation instanceof PoolOperation
              || operation instanceof FlattenOperation
              || operation instanceof ScaleOperation
              || isRectifier(operation);
      if (!known) {
        throw new NetworkException(
            "Node '%s' is of kind %s; a network to be converted has linear layers, convolutions, pools, batch norms, scales, flattenings and neurons of the model relu"
                .formatted(node.path(), node.operation().kind()));
      }
    }
  }

  /** The network with a node before each output that would not spike, to be looked at. */
  private Network withReadouts(Network network, Set<String> readouts) {
    Map<String, String> added = new LinkedHashMap<>();
    for (Node output : network.outputs()) {
      if (readout == Readout.SPIKES && !spikes(network, output.name())) {
        String name = network.outputs().size() == 1 ? "readout" : output.name() + "_readout";
        added.put(output.name(), freeName(name, network, added.values()));
      }
    }
    if (added.isEmpty()) {
      return network;
    }
    readouts.addAll(added.values());
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    network.nodes().forEach(node -> builder.node(NodePath.split(node.path()), node.operation()));
    added.forEach(
        (output, name) ->
            builder.node(List.of(name), new NeuronOperation(ECHO, Map.of())).edge(name, output));
    for (Edge edge : network.edges()) {
      builder.edge(edge.between(edge.source(), added.getOrDefault(edge.target(), edge.target())));
    }
    return builder.build();
  }

  /** This name, with as many underscores after it as make it a new one. */
  static String freeName(String name, Network network, Collection<String> added) {
    String free = name;
    while (has(network, free) || added.contains(free)) {
      free += "_";
    }
    return free;
  }

  private static boolean has(Network network, String name) {
    return network.nodes().stream().anyMatch(node -> node.name().equals(name));
  }

  private static double[] one(double[] scales) {
    return new double[] {Arrays.stream(scales).max().orElseThrow()};
  }

  /** Whether a rectifier's spikes are those of an output. */
  private static boolean isOutput(Network network, String rectifier) {
    return network.edges().stream()
        .filter(edge -> edge.source().equals(rectifier))
        .map(edge -> network.node(edge.target()))
        .anyMatch(
            target ->
                target.operation() instanceof OutputOperation && spikes(network, target.name())
                    || target.operation() instanceof FlattenOperation
                        && isOutput(network, target.name()));
  }

  /** Whether an output passes on one rectifier's values. */
  private static boolean spikes(Network network, String name) {
    List<String> from = network.sources(name);
    if (from.size() != 1) {
      return false;
    }
    Operation operation = network.node(from.get(0)).operation();
    return isRectifier(operation)
        || operation instanceof FlattenOperation && spikes(network, from.get(0));
  }
}
