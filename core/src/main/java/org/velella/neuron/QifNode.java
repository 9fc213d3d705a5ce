package org.velella.neuron;

/**
 * Quadratic integrate-and-fire neurons.
 *
 * <pre>
 * h = v + (x + a0 (v - v_rest) (v - v_c)) / tau      s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}. Parameters: {@code tau} 2 steps, greater
 * than 1, {@code v_c} 0.8, {@code a0} 1, above 0, {@code v_rest} 0, {@code v_threshold} 1, {@code
 * v_reset} -0.1; {@code v_threshold > v_reset} and {@code v_rest >= v_reset}. Memory: {@code v},
 * from {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.QIFNode
 */
public final class QifNode extends NeuronNode {
  private QifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public QifNode() {
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

    /** Critical potential. */
    public Builder vC(double value) {
      return parameter("v_c", value);
    }

    /** Factor of the quadratic term, above 0. */
    public Builder a0(double value) {
      return parameter("a0", value);
    }

    /** Resting potential. */
    public Builder vRest(double value) {
      return parameter("v_rest", value);
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.qif(reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public QifNode build() {
      return new QifNode(neurons());
    }
  }
}
