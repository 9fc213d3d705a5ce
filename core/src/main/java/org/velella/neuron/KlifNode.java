package org.velella.neuron;

/**
 * Leaky neurons whose potential is scaled by a trained k and rectified.
 *
 * <pre>
 * u = v + (x - (v - v_reset)) / tau      or, without decay of the input,  v - (v - v_reset) / tau + x
 * h = max(k u, 0)      s = h &gt;= v_threshold      v = s ? v_reset : h
 * </pre>
 *
 * <p>With scaled reset {@code h / k} and {@code v_threshold / k} take the places of {@code h} and
 * {@code v_threshold} in the reset. With a soft reset {@code v = h - s * v_threshold}, and 0 stands
 * for {@code v_reset} in u. Parameters: {@code k} 1, {@code tau} 2 steps, greater than 1, {@code
 * v_threshold} 1, {@code v_reset} 0. Memory: {@code v}, from {@code v_reset}, or 0 with a soft
 * reset.
 *
 * @seed activation_based.neuron.KLIFNode
 */
public final class KlifNode extends NeuronNode {
  private KlifNode(NeuronOperation operation) {
    super(operation);
  }

  /** A node with the seed's defaults. */
  public KlifNode() {
    this(builder().neurons());
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parameters of the node. */
  public static final class Builder extends NeuronNode.ResettingBuilder<Builder> {
    private ScaleReset scaleReset = ScaleReset.OFF;
    private InputDecay decayInput = InputDecay.ON;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** The trained scale. */
    public Builder k(double value) {
      return parameter("k", value);
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

    /** Whether the reset acts on the potential divided by k. */
    public Builder scaleReset(ScaleReset value) {
      scaleReset = value;
      return this;
    }

    private NeuronOperation neurons() {
      return neurons(NeuronModels.klif(scaleReset, decayInput, reset()));
    }

    /**
     * The node.
     *
     * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
     */
    public KlifNode build() {
      return new KlifNode(neurons());
    }
  }
}
