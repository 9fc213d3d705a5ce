package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;

/**
 * Neurons of the catalogue that NIR has under other names: {@code if} and {@code lif} with their
 * variants are IF and LIF under the convention {@code spikingjelly}, those with a soft reset under
 * {@code spikingjelly,reset=subtract}. Time constants in steps become seconds, and r is what
 * SpikingJelly's exporter writes: 1 / dt for IF, 1 for LIF, tau in steps where the input does not
 * decay, which is the same step rounded in another order.
 */
final class NirCounterparts {
  private static final String HARD = "spikingjelly";
  private static final String SOFT = "spikingjelly,reset=subtract";

  private static final ParameterValue ZERO = ParameterValue.of(0);

  /** By the text of the model. */
  private static final Map<String, Counterpart> ALL = all();

  private final NirConvention convention;
  private final double dt;

  /** What an input is multiplied by. */
  private enum Gain {
    CHARGE,
    ONE,
    TIME_CONSTANT
  }

  /**
   * A type of NIR.
   *
   * @param under a convention that gives the type these equations
   */
  private record Counterpart(String type, NirConvention under, Gain gain) {
    boolean holds(NirConvention convention) {
      return NirEquations.model(type, convention)
          .text()
          .equals(NirEquations.model(type, under).text());
    }
  }

  private NirCounterparts(NirConvention convention, double dt) {
    this.convention = convention;
    this.dt = dt;
  }

  private static Map<String, Counterpart> all() {
    Map<String, Counterpart> all = new LinkedHashMap<>();
    for (ResetKind reset : ResetKind.values()) {
      NirConvention under = NirConvention.named(reset == ResetKind.HARD ? HARD : SOFT);
      all.put(
          NeuronModels.integrateAndFire(reset).text(), new Counterpart("IF", under, Gain.CHARGE));
      all.put(
          NeuronModels.lif(InputDecay.ON, reset).text(), new Counterpart("LIF", under, Gain.ONE));
      all.put(
          NeuronModels.lif(InputDecay.OFF, reset).text(),
          new Counterpart("LIF", under, Gain.TIME_CONSTANT));
    }
    return all;
  }

  /** The conventions under which there are any. */
  static List<String> conventions() {
    return List.of(HARD, SOFT);
  }

  /** Whether a model has a counterpart under a convention. */
  static boolean has(NeuronModel model, NirConvention convention) {
    Counterpart counterpart = ALL.get(model.text());
    return counterpart != null && counterpart.holds(convention);
  }

  /** The network with counterparts in place of such neurons; itself if it has none. */
  static Network replaced(Network network, NirConvention convention, double dt) {
    if (of(network, convention).isEmpty()) {
      return network;
    }
    NirCounterparts counterparts = new NirCounterparts(convention, dt);
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      builder.node(
          NodePath.split(node.path()),
          isOne(node, convention)
              ? counterparts.neurons((NeuronOperation) node.operation())
              : node.operation());
    }
    for (Edge edge : network.edges()) {
      builder.edge(edge);
    }
    return builder.build();
  }

  /** What is said of each node that is replaced. */
  static List<String> of(Network network, NirConvention convention) {
    List<String> notes = new ArrayList<>();
    for (Node node : network.nodes()) {
      if (isOne(node, convention)) {
        NeuronModel model = ((NeuronOperation) node.operation()).model();
        Counterpart counterpart = ALL.get(model.text());
        notes.add(
            "node %s (%s) is written as %s, which computes the same numbers%s; read again it has the equations of NIR"
                .formatted(
                    node.path(),
                    model.name(),
                    counterpart.type,
                    counterpart.gain == Gain.TIME_CONSTANT
                        ? " rounded in another order, so that a spike at the threshold may differ"
                        : ""));
      }
    }
    return notes;
  }

  private static boolean isOne(Node node, NirConvention convention) {
    return node.operation() instanceof NeuronOperation neurons && has(neurons.model(), convention);
  }

  private NeuronOperation neurons(NeuronOperation neurons) {
    Counterpart counterpart = ALL.get(neurons.model().text());
    ParameterValue reset = neurons.parameter("v_reset");
    ParameterValue tau = neurons.parameter("tau");
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    values.put("dt", ParameterValue.of(dt));
    values.put("v_threshold", neurons.parameter("v_threshold"));
    if (reset != null) {
      values.put("v_reset", reset);
    }
    if (tau != null) {
      values.put("tau", each(tau, steps -> steps * dt));
      values.put("v_leak", reset == null ? ZERO : reset);
    }
    values.put(
        "r",
        switch (counterpart.gain) {
          case CHARGE -> ParameterValue.of(1 / dt);
          case ONE -> ParameterValue.of(1);
          case TIME_CONSTANT -> tau;
        });
    return new NeuronOperation(NirEquations.model(counterpart.type, convention), values);
  }

  private static ParameterValue each(ParameterValue value, DoubleUnaryOperator change) {
    double[] values = value.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = change.applyAsDouble(values[i]);
    }
    return ParameterValue.of(value.shape(), values);
  }
}
