package org.velella.neuron;

/**
 * Leaky integrate-and-fire neurons with a trained time constant.
 *
 * <pre>
 * h = v + (x - (v - v_reset)) * rate     or, without decay of the input,  v - (v - v_reset) * rate + x
 * rate = sigmoid(w)      s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With a soft reset {@code v = h - s * v_threshold}, and 0 stands for {@code v_reset} in h. The
 * rate is computed in float32 from {@code w}, the seed's trained weight. Parameters: {@code w} 0 (a
 * time constant of 2 steps), {@code v_threshold} 1, {@code v_reset} 0. Memory: {@code v}, from
 * {@code v_reset}, or 0 with a soft reset.
 *
 * @seed activation_based.neuron.ParametricLIFNode
 */
public final class ParametricLifNode extends NeuronNode {
  private ParametricLifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public ParametricLifNode() {
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

    /** The trained weight; the time constant is 1 / sigmoid(w) steps. */
    public Builder w(double value) {
      return parameter("w", value);
    }

    /**
     * The time constant from which training starts, in steps: w = -ln(initTau - 1), in float32.
     *
     * @throws IllegalArgumentException if {@code initTau} is not a finite number above 1
     */
    public Builder initTau(double initTau) {
      if (!(initTau > 1 && initTau < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "init_tau of a ParametricLifNode must be finite and greater than 1, found " + initTau);
      }
      return w((float) -StrictMath.log(initTau - 1));
    }

    /** Whether tau divides the input, too. */
    public Builder decayInput(InputDecay value) {
      decayInput = value;
      return this;
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.parametricLif(decayInput, reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public ParametricLifNode build() {
      return new ParametricLifNode(neurons());
    }
  }
}
