package org.velella.neuron;

/**
 * Izhikevich neurons: quadratic, with an adaptation w.
 *
 * <pre>
 * h = v + (x + a0 (v - v_rest) (v - v_c) - w) / tau      s = h &gt;= v_threshold
 * v = s ? v_reset : h      w = w + (a (h - v_rest) - w) / tau_w + b s
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}. Parameters: {@code tau} 2 steps, greater
 * than 1, {@code v_c} 0.8, {@code a0} 1, above 0, {@code v_rest} -0.1, {@code w_rest} 0, {@code
 * tau_w} 2 steps, {@code a} 0, {@code b} 0, {@code v_threshold} 1, {@code v_reset} 0. Memories:
 * {@code v}, from {@code v_reset}, or 0 with a soft reset; {@code w}, from {@code w_rest}.
 *
 * @seed activation_based.neuron.IzhikevichNode
 */
public final class IzhikevichNode extends NeuronNode {
  private IzhikevichNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public IzhikevichNode() {
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

    /** Where the adaptation starts. */
    public Builder wRest(double value) {
      return parameter("w_rest", value);
    }

    /** Time constant of the adaptation in steps. */
    public Builder tauW(double value) {
      return parameter("tau_w", value);
    }

    /** How far the adaptation follows the potential. */
    public Builder a(double value) {
      return parameter("a", value);
    }

    /** What a spike adds to the adaptation. */
    public Builder b(double value) {
      return parameter("b", value);
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.izhikevich(reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public IzhikevichNode build() {
      return new IzhikevichNode(neurons());
    }
  }
}
