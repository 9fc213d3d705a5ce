package org.velella.neuron;

import java.util.Map;

/**
 * A readout that does not spike: a leaky integrator.
 *
 * <pre>
 * v = v + (x - v) / tau      output: what {@link Decoding} says
 * </pre>
 *
 * <p>Parameter: {@code tau} 2 steps, greater than 1. Memories: {@code v}, from 0, and what the
 * decoding needs. Other than the seed, which forgets the potential between two forwards, this goes
 * on where it stopped until it is reset.
 *
 * @seed activation_based.neuron.NonSpikingLIFNode
 */
public final class NonSpikingLifNode extends NeuronNode {
  /** A readout of the seed's default time constant, 2 steps. */
  public NonSpikingLifNode(Decoding decoding) {
    this(2, decoding);
  }

  /**
   * A readout that sends its potential, or what stands for all of them so far.
   *
   * @param tau time constant in steps
   * @throws IllegalArgumentException if {@code tau} is not finite or not greater than 1
   */
  public NonSpikingLifNode(double tau, Decoding decoding) {
    super(
        new NeuronOperation(
            ReadoutModels.nonSpikingLif(decoding), Map.of("tau", ParameterValue.of(tau))));
  }
}
