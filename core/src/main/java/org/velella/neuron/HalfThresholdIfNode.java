package org.velella.neuron;

/**
 * Integrate-and-fire neurons with a soft reset that start half way to their threshold.
 *
 * <pre>
 * h = v + x      s = h &gt;= v_threshold      v = h - s * v_threshold
 * </pre>
 *
 * <p>Parameter: {@code v_threshold} 1, above 0. Memory: {@code v}, from {@code v_threshold / 2}.
 *
 * @seed activation_based.neuron.HalfThresholdIFNode
 */
public final class HalfThresholdIfNode extends NeuronNode {
  private HalfThresholdIfNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public HalfThresholdIfNode() {
    this(builder().neurons());
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.Builder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.halfThresholdIf());
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public HalfThresholdIfNode build() {
      return new HalfThresholdIfNode(neurons());
    }
  }
}
