package org.velella.neuron;

/**
 * Exponential integrate-and-fire neurons.
 *
 * <pre>
 * h = v + (x + v_rest - v + delta_T exp((v - theta_rh) / delta_T)) / tau
 * s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}. Parameters: {@code tau} 2 steps, greater
 * than 1, {@code delta_T} 1, above 0, {@code theta_rh} 0.8, {@code v_rest} 0, {@code v_threshold}
 * 1, {@code v_reset} -0.1; {@code v_threshold > v_reset} and {@code v_rest >= v_reset}. Memory:
 * {@code v}, from {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.EIFNode
 */
public final class EifNode extends NeuronNode {
  private EifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public EifNode() {
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

    /** Time constant in steps, greater than 1. */
    public Builder tau(double value) {
      return parameter("tau", value);
    }

    /** Sharpness of the exponential, above 0. */
    public Builder deltaT(double value) {
      return parameter("delta_T", value);
    }

    /** Rheobase threshold. */
    public Builder thetaRh(double value) {
      return parameter("theta_rh", value);
    }

    /** Resting potential. */
    public Builder vRest(double value) {
      return parameter("v_rest", value);
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.eif(reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public EifNode build() {
      return new EifNode(neurons());
    }
  }
}
