package org.velella.neuron;

import java.util.Map;

/**
 * What the ends of axons send after their last spikes: they run short of transmitter, and release
 * more of it. After Tsodyks, Pawelzik and Markram (1998), for spikes at steps:
 *
 * <pre>
 * du/dt = -u / tau_f, at a spike u = u + U (1 - u)
 * dr/dt = (1 - r) / tau_d, then y = x u r, r = r - u r
 * </pre>
 *
 * <p>Both decay exactly from step to step. An input other than 0 is one spike, whatever its size,
 * which multiplies what is sent. Parameters: {@code U} 0.5, from 0 to 1; {@code tau_d} 800 and
 * {@code tau_f} 0, in the unit of {@code dt} 1, not negative; 0 forgets from step to step.
 * Memories: {@code u} from 0, {@code r} from 1.
 */
public final class ShortTermPlasticity extends NeuronNode {
  /**
   * Synapses of one kind.
   *
   * @param use U, the part of what is there that the first spike sends
   * @param tauD time constant of depression in steps
   * @param tauF time constant of facilitation in steps; 0 for none
   * @throws IllegalArgumentException if one of them is out of its range
   */
  public ShortTermPlasticity(double use, double tauD, double tauF) {
    this(
        Map.of(
            "U",
            ParameterValue.of(use),
            "tau_d",
            ParameterValue.of(tauD),
            "tau_f",
            ParameterValue.of(tauF)));
  }

  /** Synapses with values of their own, by the names of the parameters. */
  public ShortTermPlasticity(Map<String, ParameterValue> parameters) {
    super(new NeuronOperation(ReadoutModels.tsodyksMarkram(), parameters));
  }
}
