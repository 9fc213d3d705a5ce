package org.velella.network.nir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.velella.module.Operation;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.neuron.Decoding;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ReadoutModels;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;

/**
 * Neurons of the catalogue that NIR has under other names, in seconds and with other gains: {@code
 * if} as IF, {@code lif} and {@code parametric_lif} as LIF, {@code cuba_lif} as CubaLIF, readouts
 * that do not spike as I and LI. Each has its own equations, to the bit, under a form of the
 * convention {@code spikingjelly}, with {@code reset=subtract} where the reset is soft. Under
 * another it may have the same step rounded in another order.
 */
final class NirCounterparts {
  private static final ParameterValue ZERO = ParameterValue.of(0);
  private static final ParameterValue ONE = ParameterValue.of(1);

  /** By the text of the model, exact ones first. */
  private static final Map<String, List<Counterpart>> ALL = all();

  private final NirConvention convention;
  private final double dt;

  /** How the numbers of a counterpart compare with the model's. */
  private enum Rounding {
    SAME,
    OTHER
  }

  /** The parameters of a counterpart but for its threshold, its reset and {@code dt}. */
  @FunctionalInterface
  private interface Translation {
    Map<String, ParameterValue> of(Node node, double dt);
  }

  /**
   * A type of NIR.
   *
   * @param under a convention that gives the type these equations
   */
  private record Counterpart(
      String type, NirConvention under, Rounding rounding, Translation translation) {
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

  private static Map<String, List<Counterpart>> all() {
    Map<String, List<Counterpart>> all = new HashMap<>();
    for (ResetKind reset : ResetKind.values()) {
      NirConvention quotient = convention(reset);
      NirConvention difference = quotient.with(NirConvention.Form.DIFFERENCE);
      NirConvention charge = quotient.with(NirConvention.Input.CHARGE);
      put(
          all,
          NeuronModels.integrateAndFire(reset),
          new Counterpart("IF", quotient, Rounding.SAME, NirCounterparts::integrator));
      put(
          all,
          NeuronModels.lif(InputDecay.ON, reset),
          new Counterpart("LIF", quotient, Rounding.SAME, NirCounterparts::leaky));
      put(
          all,
          NeuronModels.lif(InputDecay.OFF, reset),
          new Counterpart("LIF", charge, Rounding.SAME, NirCounterparts::leaky),
          new Counterpart("LIF", quotient, Rounding.OTHER, NirCounterparts::undecayed));
      put(
          all,
          NeuronModels.parametricLif(InputDecay.ON, reset),
          new Counterpart("LIF", difference, Rounding.SAME, NirCounterparts::leaky),
          new Counterpart("LIF", quotient, Rounding.OTHER, NirCounterparts::leaky));
      put(
          all,
          NeuronModels.parametricLif(InputDecay.OFF, reset),
          new Counterpart(
              "LIF",
              difference.with(NirConvention.Input.CHARGE),
              Rounding.SAME,
              NirCounterparts::leaky),
          new Counterpart("LIF", quotient, Rounding.OTHER, NirCounterparts::undecayed));
      put(
          all,
          NeuronModels.cubaLif(reset),
          new Counterpart(
              "CubaLIF",
              quotient.with(NirConvention.Form.DECAY),
              Rounding.SAME,
              NirCounterparts::currentBased),
          new Counterpart("CubaLIF", quotient, Rounding.OTHER, NirCounterparts::currentBased));
    }
    NirConvention readout = convention(ResetKind.HARD);
    put(
        all,
        ReadoutModels.nonSpikingIf(Decoding.EACH_STEP),
        new Counterpart("I", readout, Rounding.SAME, NirCounterparts::integrator));
    put(
        all,
        ReadoutModels.nonSpikingLif(Decoding.EACH_STEP),
        new Counterpart("LI", readout, Rounding.SAME, NirCounterparts::leaky));
    return all;
  }

  private static void put(
      Map<String, List<Counterpart>> all, NeuronModel model, Counterpart... counterparts) {
    all.put(model.text(), List.of(counterparts));
  }

  private static NirConvention convention(ResetKind reset) {
    return NirConvention.named(
        reset == ResetKind.HARD ? "spikingjelly" : "spikingjelly,reset=subtract");
  }

  /**
   * Conventions under which the catalogue has counterparts. Those of {@code input=charge} are not
   * among them: to whoever reads NIR's equations as they stand, input is a current.
   */
  static List<NirConvention> conventions() {
    List<NirConvention> conventions = new ArrayList<>();
    for (NirConvention.Form form :
        List.of(
            NirConvention.Form.QUOTIENT, NirConvention.Form.DIFFERENCE, NirConvention.Form.DECAY)) {
      for (ResetKind reset : ResetKind.values()) {
        conventions.add(convention(reset).with(form));
      }
    }
    return conventions;
  }

  /** Whether a model has a counterpart under a convention. */
  static boolean has(NeuronModel model, NirConvention convention) {
    return of(model, convention).isPresent();
  }

  /** Whether it has one that computes the same bits. */
  static boolean hasExact(NeuronModel model, NirConvention convention) {
    return of(model, convention).filter(found -> found.rounding == Rounding.SAME).isPresent();
  }

  private static Optional<Counterpart> of(NeuronModel model, NirConvention convention) {
    return ALL.getOrDefault(model.text(), List.of()).stream()
        .filter(counterpart -> counterpart.holds(convention))
        .findFirst();
  }

  private static Optional<Counterpart> of(Node node, NirConvention convention) {
    return node.operation() instanceof NeuronOperation neurons
        ? of(neurons.model(), convention)
        : Optional.empty();
  }

  /**
   * The network with counterparts in place of such neurons, and matrices in place of sparse
   * projections; itself if it has none.
   *
   * @throws NirException if parameters of such a neuron have none
   */
  static Network replaced(Network network, NirConvention convention, double dt) {
    if (notes(network, convention).isEmpty()) {
      return network;
    }
    NirCounterparts counterparts = new NirCounterparts(convention, dt);
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      builder.node(NodePath.split(node.path()), counterparts.replaced(node));
    }
    for (Edge edge : network.edges()) {
      builder.edge(edge);
    }
    return builder.build();
  }

  private Operation replaced(Node node) {
    return of(node, convention)
        .<Operation>map(counterpart -> neurons(node, counterpart))
        .or(() -> NirMatrix.of(node))
        .orElse(node.operation());
  }

  /** What is said of each node that is replaced. */
  static List<String> notes(Network network, NirConvention convention) {
    List<String> notes = new ArrayList<>();
    for (Node node : network.nodes()) {
      of(node, convention)
          .map(counterpart -> note(node, counterpart))
          .or(() -> NirMatrix.note(node))
          .ifPresent(notes::add);
    }
    return notes;
  }

  private static String note(Node node, Counterpart counterpart) {
    return "node %s (%s) is written as %s, which computes the same numbers%s; read again it has the equations of NIR"
        .formatted(
            node.path(),
            node.operation().kind(),
            counterpart.type,
            counterpart.rounding == Rounding.OTHER
                ? " rounded in another order, so that a spike at the threshold may differ"
                : "");
  }

  private NeuronOperation neurons(Node node, Counterpart counterpart) {
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    values.put("dt", ParameterValue.of(dt));
    for (String name : List.of("v_threshold", "v_reset")) {
      ParameterValue value = neurons(node).parameter(name);
      if (value != null) {
        values.put(name, value);
      }
    }
    values.putAll(counterpart.translation.of(node, dt));
    values.forEach((name, value) -> requireFinite(node, name, value));
    return new NeuronOperation(NirEquations.model(counterpart.type, convention), values);
  }

  private static NeuronOperation neurons(Node node) {
    return (NeuronOperation) node.operation();
  }

  private static void requireFinite(Node node, String name, ParameterValue value) {
    for (double each : value.values()) {
      if (Double.isNaN(each) || Double.isInfinite(each)) {
        throw NirExport.refusal(node, "its '%s' would be %s in NIR".formatted(name, each));
      }
    }
  }

  /** dv/dt = r x: dt r is 1. */
  private static Map<String, ParameterValue> integrator(Node node, double dt) {
    return Map.of("r", ParameterValue.of(1 / dt));
  }

  /** tau dv/dt = (v_leak - v) + x. */
  private static Map<String, ParameterValue> leaky(Node node, double dt) {
    ParameterValue reset = neurons(node).parameter("v_reset");
    return Map.of(
        "tau",
        each(steps(neurons(node)), steps -> steps * dt),
        "v_leak",
        reset == null ? ZERO : reset,
        "r",
        ONE);
  }

  /** tau dv/dt = (v_leak - v) + r x, where r is tau in steps: SpikingJelly's exporter has it so. */
  private static Map<String, ParameterValue> undecayed(Node node, double dt) {
    Map<String, ParameterValue> values = new HashMap<>(leaky(node, dt));
    values.put("r", steps(neurons(node)));
    return values;
  }

  /** The time constant in steps. A model's own is used as float32, so that is what is kept. */
  private static ParameterValue steps(NeuronOperation neurons) {
    ParameterValue tau = neurons.parameter("tau");
    if (tau != null) {
      return each(tau, value -> (float) value);
    }
    NeuronModel model = neurons.model();
    double[] parameters = model.defaults();
    int weight = model.parameters().indexOf("w");
    int rate = model.program().constants().indexOf("rate");
    return each(
        neurons.parameter("w"),
        w -> {
          parameters[weight] = w;
          return 1.0 / model.constants(parameters)[rate];
        });
  }

  /**
   * Current and potential keep 1 - dt / tau in a step, and the gains are such that a unit of one
   * adds a unit to the next. NIR's membrane starts at v_leak, which is 0.
   */
  private static Map<String, ParameterValue> currentBased(Node node, double dt) {
    NeuronOperation neurons = neurons(node);
    ParameterValue reset = neurons.parameter("v_reset");
    if (reset != null) {
      for (double value : reset.values()) {
        if (value != 0) {
          throw NirExport.refusal(
              node,
              "it starts at v_reset = %s and decays to 0; a CubaLIF of NIR starts where it decays to"
                  .formatted(value));
        }
      }
    }
    ParameterValue synapse = ofDecay(node, "c_decay", dt);
    ParameterValue membrane = ofDecay(node, "v_decay", dt);
    return Map.of(
        "tau_syn",
        synapse,
        "tau_mem",
        membrane,
        "v_leak",
        ZERO,
        "w_in",
        each(synapse, tau -> tau / dt),
        "r",
        each(membrane, tau -> tau / dt));
  }

  private static ParameterValue ofDecay(Node node, String name, double dt) {
    return each(
        neurons(node).parameter(name),
        value -> {
          float keep = (float) value;
          double tau = dt / (1.0 - keep);
          if (!(keep < 1) || (float) (1 - dt / tau) != keep) {
            throw NirExport.refusal(
                node,
                "no time constant of NIR keeps %s = %s in each step; it must be below 1, and 0 or not too close to it"
                    .formatted(name, value));
          }
          return tau;
        });
  }

  private static ParameterValue each(ParameterValue value, DoubleUnaryOperator change) {
    Shape shape = value.shape();
    double[] values = value.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = change.applyAsDouble(values[i]);
    }
    return ParameterValue.of(shape, values);
  }
}
