package org.velella.neuron;

/**
 * Leaky neurons driven by a decaying current.
 *
 * <pre>
 * c = c * c_decay + x      h = v * v_decay + c      s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}. Parameters: {@code c_decay} 0.5, {@code
 * v_decay} 0.75, {@code v_threshold} 0.5, {@code v_reset} 0. Memories: {@code v}, from {@code
 * v_reset}, or 0 with a soft reset; {@code c}, from 0.
 *
 * @seed activation_based.neuron.CUBALIFNode
 */
public final class CubaLifNode extends NeuronNode {
  private CubaLifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public CubaLifNode() {
    this(builder().neurons());
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.ResettingBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** What is left of the current after a step. */
    public Builder cDecay(double value) {
      return parameter("c_decay", value);
    }

    /** What is left of the potential after a step. */
    public Builder vDecay(double value) {
      return parameter("v_decay", value);
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.cubaLif(reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public CubaLifNode build() {
      return new CubaLifNode(neurons());
    }
  }
}
