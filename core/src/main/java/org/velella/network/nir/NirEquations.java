package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.velella.network.nir.NirConvention.Clamp;
import org.velella.network.nir.NirConvention.Compare;
import org.velella.network.nir.NirConvention.Integrator;
import org.velella.network.nir.NirConvention.Precision;
import org.velella.network.nir.NirConvention.Reset;
import org.velella.network.nir.NirConvention.ResetOrder;
import org.velella.network.nir.NirConvention.ResetTiming;
import org.velella.network.nir.NirConvention.SpikeTiming;
import org.velella.network.nir.NirConvention.Spikes;
import org.velella.network.nir.NirConvention.Synapse;
import org.velella.network.nir.NirConvention.ThresholdScaling;
import org.velella.neuron.NeuronModel;

/**
 * The neuron models of NIR's node types under one convention, as equation texts. Parameters carry
 * NIR's names and units; {@code dt} joins them where a step depends on it. In every model {@code v}
 * is the membrane potential, {@code i} the synaptic current, {@code h} the potential that the
 * threshold is compared with, and {@code s} the spike. A membrane starts at rest: at {@code
 * v_leak}, or where it does not leak at {@code v_reset}, else at 0.
 */
final class NirEquations {
  private static final Map<String, String> DEFAULTS =
      Map.of("tau", "0.01", "tau_mem", "0.01", "tau_syn", "0.005", "dt", "0.0001");
  private static final Set<String> ZERO = Set.of("v_leak", "v_reset");

  private final NirConvention convention;
  private final Set<String> parameters = new LinkedHashSet<>();
  private final Set<String> requirements = new LinkedHashSet<>();
  private final Set<String> derived = new LinkedHashSet<>();
  private final Map<String, String> memories = new LinkedHashMap<>();
  private final List<String> steps = new ArrayList<>();

  private NirEquations(NirConvention convention) {
    this.convention = convention;
  }

  /** The model of a node type: I, LI, IF, LIF, CubaLI, CubaLIF or Threshold. */
  static NeuronModel model(String type, NirConvention convention) {
    NirEquations equations = new NirEquations(convention);
    switch (type) {
      case "I" -> equations.integrator(false);
      case "IF" -> equations.integrator(true);
      case "LI" -> equations.leaky(false);
      case "LIF" -> equations.leaky(true);
      case "CubaLI" -> equations.currentBased(false);
      case "CubaLIF" -> equations.currentBased(true);
      case "Threshold" -> equations.threshold();
      default -> throw new IllegalArgumentException("NIR type '" + type + "' is no neuron");
    }
    return NeuronModel.parse(equations.text(type));
  }

  private String text(String type) {
    String derive = convention.precision() == Precision.FLOAT32 ? "derive32" : "derive";
    List<String> lines = new ArrayList<>();
    lines.add("model nir_" + type.toLowerCase(Locale.ROOT));
    parameters.forEach(name -> lines.add("parameter " + name + " = " + start(name)));
    requirements.forEach(condition -> lines.add("require " + condition));
    derived.forEach(constant -> lines.add(derive + " " + constant));
    memories.forEach((name, value) -> lines.add("memory " + name + " = " + value));
    lines.addAll(steps);
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static String start(String parameter) {
    return DEFAULTS.getOrDefault(parameter, ZERO.contains(parameter) ? "0" : "1");
  }

  private void threshold() {
    parameters.add("threshold");
    // A function that NIR defines exactly, so no convention touches it.
    steps.add("fire s = x > threshold");
  }

  private void integrator(boolean spiking) {
    parameters.add("r");
    boolean current = convention.integrator() == Integrator.CURRENT;
    if (current) {
      time();
      derived.add("drive = dt * r");
    }
    String drive = current ? "drive" : "r";
    if (spiking) {
      spiking(drive, "0", List.of("r"), v -> v + " + " + (isPerInput() ? "x" : drive + " * x"));
    } else {
      memories.put("v", "0");
      steps.add("charge v = v + " + drive + " * x");
      steps.add("output y = v");
    }
  }

  private void leaky(boolean spiking) {
    parameters.addAll(List.of("tau", "r", "v_leak"));
    time("tau");
    LeakyStep step = new LeakyStep(convention, "tau", "r", "", derived);
    if (!spiking) {
      memories.put("v", "v_leak");
      steps.add("charge v = " + step.physical("v", "v_leak", "x"));
      steps.add("output y = v");
    } else if (isPerInput()) {
      spiking(step.drive(), "v_leak", List.of("r"), v -> step.perInput(v, "rest", "x"));
    } else {
      spiking("1", "v_leak", List.of("r"), v -> step.physical(v, "v_leak", "x"));
    }
  }

  private void currentBased(boolean spiking) {
    parameters.addAll(List.of("tau_syn", "tau_mem", "r", "v_leak", "w_in"));
    time("tau_syn", "tau_mem");
    LeakyStep synapse = new LeakyStep(convention, "tau_syn", "w_in", "syn_", derived);
    LeakyStep membrane = new LeakyStep(convention, "tau_mem", "r", "mem_", derived);
    boolean perInput = spiking && isPerInput();
    String current = perInput ? synapse.perInput("i", "0", "x") : synapse.physical("i", "0", "x");
    memories.put("i", "0");
    boolean updated = convention.synapse() == Synapse.UPDATED;
    if (updated) {
      steps.add("charge i = " + current);
    }
    if (!spiking) {
      memories.put("v", "v_leak");
      steps.add("charge v = " + membrane.physical("v", "v_leak", "i"));
      steps.add("output y = v");
    } else if (perInput) {
      String drive = synapse.drive() + " * " + membrane.drive();
      derived.add("drive = " + drive);
      spiking("drive", "v_leak", List.of("r", "w_in"), v -> membrane.perInput(v, "rest", "i"));
    } else {
      spiking("1", "v_leak", List.of(), v -> membrane.physical(v, "v_leak", "i"));
    }
    if (!updated) {
      steps.add("charge i = " + current);
    }
  }

  private void time(String... constants) {
    parameters.add("dt");
    requirements.add("dt > 0");
    for (String tau : constants) {
      requirements.add(tau + " > 0");
    }
  }

  private boolean isPerInput() {
    return convention.thresholdScaling() == ThresholdScaling.PER_INPUT;
  }

  /**
   * Threshold, reset and spikes.
   *
   * @param unit what one unit of input adds to the potential, the unit of a scaled one
   * @param leak where the potential leaks to
   * @param gains parameters that must be positive, so that dividing by them keeps comparisons
   * @param charge the text of the charged potential, from the name of the one before
   */
  private void spiking(String unit, String leak, List<String> gains, UnaryOperator<String> charge) {
    parameters.add("v_threshold");
    boolean toValue = convention.reset() == Reset.VALUE;
    if (toValue) {
      parameters.add("v_reset");
    }
    String theta = "v_threshold";
    String back = "v_reset";
    String rest = leak.equals("0") && toValue ? "v_reset" : leak;
    if (isPerInput()) {
      gains.forEach(gain -> requirements.add(gain + " > 0"));
      theta = scaled("theta", "v_threshold", unit);
      back = toValue ? scaled("back", "v_reset", unit) : back;
      rest = rest.equals("v_reset") ? back : rest.equals("0") ? rest : scaled("rest", rest, unit);
    }
    if (convention.spikes() == Spikes.COUNT) {
      requirements.add("v_threshold > 0");
    }
    memories.put("v", rest);
    if (convention.resetTiming() == ResetTiming.SAME_STEP) {
      resetInTheSameStep(charge, theta, back);
    } else {
      resetInTheNextStep(charge, theta, back);
    }
  }

  private String scaled(String name, String parameter, String unit) {
    derived.add(name + " = " + parameter + " / " + unit);
    return name;
  }

  private void resetInTheSameStep(UnaryOperator<String> charge, String theta, String back) {
    boolean late = convention.spikeTiming() == SpikeTiming.NEXT_STEP;
    String spike = late ? "crossed" : "s";
    if (late) {
      memories.put("pending", "0");
      boolean one = convention.spikes() == Spikes.ONE;
      steps.add("fire s = " + (one ? "pending > 0" : "rint(pending)"));
    }
    steps.add("charge h = " + charge.apply("v"));
    steps.add("fire " + spike + " = " + spikes("h", theta));
    steps.add("reset v = " + clamped(reset("h", spike, theta, back), theta));
    if (late) {
      steps.add("reset pending = crossed");
      steps.add("output z = s");
    }
  }

  private void resetInTheNextStep(UnaryOperator<String> charge, String theta, String back) {
    boolean late = convention.spikeTiming() == SpikeTiming.NEXT_STEP;
    String due = late ? "s" : "due";
    steps.add("fire " + due + " = " + spikes("v", theta));
    if (convention.resetOrder() == ResetOrder.BEFORE_DECAY) {
      steps.add("charge u = " + reset("v", due, theta, back));
      steps.add("charge h = " + charge.apply("u"));
    } else {
      steps.add("charge u = " + charge.apply("v"));
      steps.add("charge h = " + reset("u", due, theta, back));
    }
    if (!late) {
      steps.add("fire s = " + spikes("h", theta));
    }
    steps.add("reset v = " + clamped("h", theta));
    if (!late) {
      steps.add("output z = s");
    }
  }

  private String spikes(String v, String theta) {
    if (convention.spikes() == Spikes.COUNT) {
      return "where(" + v + " > 0, trunc(" + v + " / " + theta + "), 0)";
    }
    return v + (convention.compare() == Compare.GREATER ? " > " : " >= ") + theta;
  }

  private String reset(String v, String spike, String theta, String back) {
    if (convention.reset() == Reset.SUBTRACT) {
      return v + " - " + spike + " * " + theta;
    }
    String any = convention.spikes() == Spikes.COUNT ? spike + " > 0" : spike;
    return "where(" + any + ", " + back + ", " + v + ")";
  }

  private String clamped(String v, String theta) {
    boolean integrator = !parameters.contains("v_leak");
    boolean clamp =
        convention.clamp() == Clamp.ALL || integrator && convention.clamp() == Clamp.INTEGRATORS;
    return clamp ? "max(" + v + ", -" + theta + ")" : v;
  }
}
