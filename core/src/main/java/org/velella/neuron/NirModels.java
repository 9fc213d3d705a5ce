package org.velella.neuron;

/**
 * NIR's neurons, one forward Euler step of their equations per step: every derivative is taken at
 * the values before the step. Parameters have NIR's names and units; {@code dt} is the length of a
 * step in the unit of the time constants. A spike is {@code v > v_threshold}, strictly, and sets
 * {@code v_reset} in the same step. Other discretisations are texts of their own.
 */
public final class NirModels {
  private NirModels() {}

  /** I: dv/dt = r x. Memory and output: v. */
  public static NeuronModel integrator() {
    return NeuronModel.parse(
        """
        model nir_i
          parameter dt = 1e-4, r = 1
          require dt > 0
          derive gain = dt * r
          memory v = 0
          charge v = v + gain * x
          output y = v
        """);
  }

  /** LI: tau dv/dt = (v_leak - v) + r x. Memory and output: v. */
  public static NeuronModel leakyIntegrator() {
    return NeuronModel.parse(
        """
        model nir_li
          parameter dt = 1e-4, tau = 0.01, r = 1, v_leak = 0
          require dt > 0, tau > 0
          derive rate = dt / tau
          memory v = v_leak
          charge v = v + rate * (v_leak - v + r * x)
          output y = v
        """);
  }

  /** IF: dv/dt = r x, with a spike. Memory: v. */
  public static NeuronModel integrateAndFire() {
    return NeuronModel.parse(
        """
        model nir_if
          parameter dt = 1e-4, r = 1, v_threshold = 1, v_reset = 0
          require dt > 0
          derive gain = dt * r
          memory v = 0
          charge h = v + gain * x
          fire s = h > v_threshold
          reset v = where(s, v_reset, h)
        """);
  }

  /** LIF: tau dv/dt = (v_leak - v) + r x, with a spike. Memory: v. */
  public static NeuronModel lif() {
    return NeuronModel.parse(
        """
        model nir_lif
          parameter dt = 1e-4, tau = 0.01, r = 1, v_leak = 0, v_threshold = 1, v_reset = 0
          require dt > 0, tau > 0
          derive rate = dt / tau
          memory v = v_leak
          charge h = v + rate * (v_leak - v + r * x)
          fire s = h > v_threshold
          reset v = where(s, v_reset, h)
        """);
  }

  /**
   * CubaLI: tau_syn di/dt = w_in x - i and tau_mem dv/dt = (v_leak - v) + r i. Memories: v, i;
   * output: v.
   */
  public static NeuronModel cubaLeakyIntegrator() {
    return NeuronModel.parse(
        """
        model nir_cuba_li
          parameter dt = 1e-4, tau_syn = 0.005, tau_mem = 0.01, r = 1, v_leak = 0, w_in = 1
          require dt > 0, tau_syn > 0, tau_mem > 0
          derive synapse_rate = dt / tau_syn
          derive membrane_rate = dt / tau_mem
          memory v = v_leak
          memory i = 0
          charge v = v + membrane_rate * (v_leak - v + r * i)
          charge i = i + synapse_rate * (w_in * x - i)
          output y = v
        """);
  }

  /** CubaLIF: as CubaLI, with a spike. Memories: v, i. */
  public static NeuronModel cubaLif() {
    return NeuronModel.parse(
        """
        model nir_cuba_lif
          parameter dt = 1e-4, tau_syn = 0.005, tau_mem = 0.01, r = 1, v_leak = 0, w_in = 1
          parameter v_threshold = 1, v_reset = 0
          require dt > 0, tau_syn > 0, tau_mem > 0
          derive synapse_rate = dt / tau_syn
          derive membrane_rate = dt / tau_mem
          memory v = v_leak
          memory i = 0
          charge h = v + membrane_rate * (v_leak - v + r * i)
          charge i = i + synapse_rate * (w_in * x - i)
          fire s = h > v_threshold
          reset v = where(s, v_reset, h)
        """);
  }

  /** Threshold: 1 where the input exceeds {@code threshold}, else 0. No memory. */
  public static NeuronModel threshold() {
    return NeuronModel.parse(
        """
        model nir_threshold
          parameter threshold = 1
          fire s = x > threshold
        """);
  }
}
