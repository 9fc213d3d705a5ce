package org.velella.neuron;

/**
 * Leaky integrate-and-fire neurons.
 *
 * <pre>
 * h = v + (x - (v - v_reset)) / tau      or, without decay of the input,  v - (v - v_reset) / tau + x
 * s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}, and 0 stands for {@code v_reset} in h.
 * Parameters: {@code tau} 2 steps, greater than 1; {@code v_threshold} 1, {@code v_reset} 0.
 * Memory: {@code v}, from {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.LIFNode
 */
public final class LifNode extends NeuronNode {
  private LifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public LifNode() {
    this(builder().neurons());
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.ResettingBuilder<Builder> {
    private InputDecay decayInput = InputDecay.ON;

    private Builder() {}

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
      return neurons(NeuronModels.lif(decayInput, reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public LifNode build() {
      return new LifNode(neurons());
    }
  }
}
