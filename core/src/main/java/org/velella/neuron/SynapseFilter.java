package org.velella.neuron;

import java.util.Map;

/**
 * A synapse as a filter: spikes in, a decaying current out. A spike suspends the decay of its step.
 *
 * <pre>
 * out_i = out_i - (1 - x) out_i / tau + x      output: out_i
 * </pre>
 *
 * <p>Parameter: {@code tau} 100 steps, greater than 1; or, trained, {@code w} with {@code 1 / tau =
 * sigmoid(w)}, computed in float32. Memory: {@code out_i}, from 0.
 *
 * @seed activation_based.layer.SynapseFilter
 */
public final class SynapseFilter extends NeuronNode {
  private SynapseFilter(NeuronOperation operation) {
    super(operation);
  }

  /** A filter with the seed's default, 100 steps. */
  public SynapseFilter() {
    this(100);
  }

  /**
   * A filter with a time constant in steps.
   *
   * @throws IllegalArgumentException if it is not finite or not greater than 1
   */
  public SynapseFilter(double tau) {
    this(new NeuronOperation(ReadoutModels.synapseFilter(), Map.of("tau", ParameterValue.of(tau))));
  }

  /**
   * A filter with a trained time constant ({@code learnable=True}).
   *
   * @param w the seed's weight: one number, or one per synapse; 1 / tau is sigmoid(w)
   */
  public static SynapseFilter trained(ParameterValue w) {
    return new SynapseFilter(
        new NeuronOperation(ReadoutModels.trainedSynapseFilter(), Map.of("w", w)));
  }
}
