package org.velella.neuron;

/**
 * Integrate-and-fire neurons.
 *
 * <pre>
 * h = v + x      s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}. Parameters: {@code v_threshold} 1, {@code
 * v_reset} 0. Memory: {@code v}, from {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.IFNode
 */
public final class IfNode extends NeuronNode {
  private IfNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public IfNode() {
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

    private NeuronOperation neurons() {
      return neurons(NeuronModels.integrateAndFire(reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public IfNode build() {
      return new IfNode(neurons());
    }
  }
}
