package org.velella.neuron;

/**
 * Gated leaky neurons, which weigh two kinds of decay, input and reset against each other. With a,
 * b, g for the sigmoids of alpha, beta, gamma, and sigmoids of all other parameters:
 *
 * <pre>
 * i = x (1 - b (1 - conduct[step]))
 * h = (1 - a (1 - tau)) v - (1 - a) linear_decay + i
 *     - (1 - a (1 - tau)) v g spiked - (1 - g) v_subreset spiked
 * s = h &gt;= v_threshold      v = h
 * </pre>
 *
 * <p>Parameters are the seed's trained weights, before the sigmoid, each one number or one per
 * channel: {@code alpha}, {@code beta}, {@code gamma} 0 (the seed draws them around 0), {@code tau}
 * of sigmoid 0.25, {@code v_threshold} and {@code v_subreset} of 0.5, {@code linear_decay} of 0.25
 * / T, and {@code conduct_0} … {@code conduct_(T-1)} of 0.5. Memories: {@code v}, from 0; {@code
 * spiked}, the last spike, which the seed forgets between two forwards; {@code step}, which goes
 * round: after T steps the conductances begin again.
 *
 * @seed activation_based.neuron.GatedLIFNode
 */
public final class GatedLifNode extends NeuronNode {
  private GatedLifNode(NeuronOperation operation) {
    super(operation);
  }

  /**
   * A node for sequences of T steps.
   *
   * @param steps T, from 1 to {@value ParallelModels#MOST}
   */
  public static Builder builder(int steps) {
    return new Builder(steps);
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.Builder<Builder> {
    private final int steps;

    private Builder(int steps) {
      this.steps = steps;
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown or not finite, or there are too
     *     many steps
     */
    public GatedLifNode build() {
      return new GatedLifNode(neurons(ParallelModels.gatedLif(steps)));
    }
  }
}
