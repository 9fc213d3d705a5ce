package org.velella.neuron;

import java.util.Locale;

/**
 * Models that filter what comes in and do not fire: synapses, and readouts of SpikingJelly. Each
 * sends a number in every step.
 */
public final class ReadoutModels {
  private ReadoutModels() {}

  /** A synapse whose current decays with time constant tau, but not in a step with a spike. */
  public static NeuronModel synapseFilter() {
    return NeuronModel.parse(
        """
        model synapse_filter
          parameter tau = 100
          require tau > 1
          memory out_i = 0
          charge out_i = out_i - (1 - x) * out_i / tau + x
          output y = out_i
        """);
  }

  /** As the other, with 1 / tau = sigmoid(w); w is a trained weight, kept in float32. */
  public static NeuronModel trainedSynapseFilter() {
    return NeuronModel.parse(
        """
        model synapse_filter_trained
          parameter w = -4.595119850134589
          derive32 rate = 1 / (1 + exp(-w))
          memory out_i = 0
          charge out_i = out_i - (1 - x) * out_i * rate + x
          output y = out_i
        """);
  }

  /**
   * A synapse that tires and warms up: Tsodyks, Pawelzik and Markram, <em>Neural networks with
   * dynamic synapses</em>, Neural Comput. 10 (1998), exact between steps.
   */
  public static NeuronModel tsodyksMarkram() {
    return NeuronModel.parse(
        """
        model tsodyks_markram
          parameter U = 0.5, tau_d = 800, tau_f = 0, dt = 1
          require U >= 0 and U <= 1
          require tau_d >= 0
          require tau_f >= 0
          require dt > 0
          derive keep_u = exp(-dt / tau_f), keep_r = exp(-dt / tau_d)
          memory u = 0, r = 1
          charge before = u * keep_u
          charge there = 1 - (1 - r) * keep_r
          charge used = where(x == 0, before, before + U * (1 - before))
          output y = x * (used * there)
          reset u = used
          reset r = where(x == 0, there, there - used * there)
        """);
  }

  /** Adds up its input, v = v + x, and sends what decoding makes of all potentials so far. */
  public static NeuronModel nonSpikingIf(Decoding decoding) {
    return readout("non_spiking_if", "", "v + x", decoding);
  }

  /** A leaky integrator, v = v + (x - v) / tau, that sends what decoding makes of it so far. */
  public static NeuronModel nonSpikingLif(Decoding decoding) {
    return readout(
        "non_spiking_lif",
        "  parameter tau = 2\n  require tau > 1\n",
        "v + (x - v) / tau",
        decoding);
  }

  private static NeuronModel readout(
      String name, String parameters, String potential, Decoding decoding) {
    String ending =
        decoding == Decoding.EACH_STEP ? "" : "_" + decoding.name().toLowerCase(Locale.ROOT);
    return NeuronModel.parse(
        "model "
            + name
            + ending
            + "\n"
            + parameters
            + "  memory v = 0\n"
            + "  charge v = "
            + potential
            + "\n"
            + decoding.lines());
  }

  /** How much a number belongs to a receptive field: a = exp(-((x - mean) / std)^2 / 2). */
  public static NeuronModel receptiveField() {
    return NeuronModel.parse(
        """
        model receptive_field
          parameter mean = 0, std = 1
          require std > 0
          charge z = (x - mean) / std
          output a = exp(-0.5 * z ^ 2)
        """);
  }
}
