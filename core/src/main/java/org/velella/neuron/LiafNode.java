package org.velella.neuron;

/**
 * Leaky neurons that send an activation of their potential; hidden spikes reset them.
 *
 * <pre>
 * h = v + (x - (v - v_reset)) / tau      or, without decay of the input,  v - (v - v_reset) / tau + x
 * s = h &gt;= v_threshold      v = s ? v_reset : h      output: activation(h), or of h - v_threshold
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}, and 0 stands for {@code v_reset} in h.
 * Parameters: {@code tau} 2 steps, greater than 1; {@code v_threshold} 1, {@code v_reset} 0.
 * Memory: {@code v}, from {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.LIAFNode
 */
public final class LiafNode extends NeuronNode {
  private LiafNode(NeuronOperation operation) {
    super(operation);
  }

  /**
   * A node with the seed's defaults, which include neither activation nor what it is applied to.
   */
  public LiafNode(Activation activation, ThresholdRelated thresholdRelated) {
    this(builder(activation, thresholdRelated).neurons());
  }

  public static Builder builder(Activation activation, ThresholdRelated thresholdRelated) {
    return new Builder(activation, thresholdRelated);
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.ResettingBuilder<Builder> {
    private final Activation activation;
    private final ThresholdRelated thresholdRelated;
    private InputDecay decayInput = InputDecay.ON;

    private Builder(Activation activation, ThresholdRelated thresholdRelated) {
      this.activation = activation;
      this.thresholdRelated = thresholdRelated;
    }

    @Override
    Builder self() {
      return this;
    }

    /** Time constant in steps, greater than 1. */
    public Builder tau(double value) {
      return parameter("tau", value);
    }

    /** Whether tau divides the input, too. */
    public Builder decayInput(InputDecay value) {
      decayInput = value;
      return this;
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.liaf(activation, thresholdRelated, decayInput, reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public LiafNode build() {
      return new LiafNode(neurons());
    }
  }
}
