package org.velella.neuron;

/**
 * Leaky neurons that send several spikes in one step.
 *
 * <pre>
 * h = v - v / tau + x      s = rint(clamp(h / v_threshold, 0, max_spikes))      v = h - s * v_threshold
 * </pre>
 *
 * <p>Parameters: {@code tau} 4/3 steps, greater than 1, {@code v_threshold} 1, above 0, {@code
 * max_spikes} 4 (the seed's {@code MultiLevelSpikeCount}). Memory: {@code v}, from 0.
 *
 * @seed activation_based.neuron.ILIFNode
 */
public final class IlifNode extends NeuronNode {
  private IlifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public IlifNode() {
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

    /** Time constant in steps, greater than 1. */
    public Builder tau(double value) {
      return parameter("tau", value);
    }

    /** Most spikes in one step, at least 1. */
    public Builder maxSpikes(int value) {
      return parameter("max_spikes", value);
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.ilif());
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public IlifNode build() {
      return new IlifNode(neurons());
    }
  }
}
