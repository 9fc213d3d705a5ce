package org.velella.neuron;

import java.util.Locale;

/**
 * The built-in neuron models of SpikingJelly, in the order of operations of its eager PyTorch code.
 * A variant is a model of its own; its name ends in {@code _soft}, {@code _undecayed} and so on. In
 * every model {@code v} is the membrane potential, {@code h} the potential after charging, and
 * {@code s} the spike.
 */
public final class NeuronModels {
  private static final String THRESHOLD = "  parameter v_threshold = 1\n";

  private NeuronModels() {}

  /** Integrate and fire: h = v + x. Memory: v. */
  public static NeuronModel integrateAndFire(ResetKind reset) {
    return build(
        "if" + suffix(reset),
        THRESHOLD + resting(reset, 0),
        start(reset),
        "  charge h = v + x\n",
        fire(),
        resetOf(reset));
  }

  /** Leaky integrate and fire with time constant tau in steps, greater than 1. Memory: v. */
  public static NeuronModel lif(InputDecay decay, ResetKind reset) {
    return build(
        "lif" + suffix(decay) + suffix(reset),
        tau() + THRESHOLD + resting(reset, 0),
        start(reset),
        "  charge h = " + leaky(decay, reset) + "\n",
        fire(),
        resetOf(reset));
  }

  /**
   * A leaky neuron whose 1 / tau is sigmoid(w); w is a trained weight, kept in float32. Memory: v.
   */
  public static NeuronModel parametricLif(InputDecay decay, ResetKind reset) {
    String leak = "(" + rest("v", reset) + ")";
    String charge =
        decay == InputDecay.ON ? "v + (x - " + leak + ") * rate" : "v - " + leak + " * rate + x";
    return build(
        "parametric_lif" + suffix(decay) + suffix(reset),
        "  parameter w = 0\n" + THRESHOLD + resting(reset, 0),
        "  derive32 rate = 1 / (1 + exp(-w))\n",
        start(reset),
        "  charge h = " + charge + "\n",
        fire(),
        resetOf(reset));
  }

  /** Quadratic integrate and fire. Memory: v. */
  public static NeuronModel qif(ResetKind reset) {
    return build(
        "qif" + suffix(reset),
        "  parameter tau = 2, v_c = 0.8, a0 = 1, v_rest = 0, v_threshold = 1\n",
        "  require tau > 1, a0 > 0\n",
        resting(reset, -0.1),
        reset == ResetKind.HARD ? "  require v_threshold > v_reset, v_rest >= v_reset\n" : "",
        start(reset),
        "  charge h = v + (x + a0 * (v - v_rest) * (v - v_c)) / tau\n",
        fire(),
        resetOf(reset));
  }

  /** Exponential integrate and fire. Memory: v. */
  public static NeuronModel eif(ResetKind reset) {
    return build(
        "eif" + suffix(reset),
        "  parameter tau = 2, delta_T = 1, theta_rh = 0.8, v_rest = 0, v_threshold = 1\n",
        "  require tau > 1, delta_T > 0\n",
        resting(reset, -0.1),
        reset == ResetKind.HARD ? "  require v_threshold > v_reset, v_rest >= v_reset\n" : "",
        start(reset),
        "  charge h = v + (x + v_rest - v + delta_T * exp((v - theta_rh) / delta_T)) / tau\n",
        fire(),
        resetOf(reset));
  }

  /** Izhikevich: quadratic with an adaptation w. Memories: v, w. */
  public static NeuronModel izhikevich(ResetKind reset) {
    return build(
        "izhikevich" + suffix(reset),
        "  parameter tau = 2, v_c = 0.8, a0 = 1, v_rest = -0.1, w_rest = 0, tau_w = 2\n",
        "  parameter a = 0, b = 0, v_threshold = 1\n",
        "  require tau > 1, tau_w != 0, a0 > 0\n",
        resting(reset, 0),
        start(reset),
        "  memory w = w_rest\n",
        "  charge h = v + (x + a0 * (v - v_rest) * (v - v_c) - w) / tau\n",
        "  charge adapted = w + (a * (h - v_rest) - w) / tau_w\n",
        fire(),
        resetOf(reset),
        "  reset w = adapted + b * s\n");
  }

  /** Leaky neuron whose potential is scaled by k and rectified. Memory: v. */
  public static NeuronModel klif(ScaleReset scale, InputDecay decay, ResetKind reset) {
    boolean scaled = scale == ScaleReset.ON;
    // PyTorch divides a number by a tensor as the tensor's reciprocal times the number.
    String potential = scaled ? "h / k" : "h";
    String step = scaled ? "1 / k * v_threshold" : "v_threshold";
    return build(
        "klif" + (scaled ? "_scaled" : "") + suffix(decay) + suffix(reset),
        "  parameter k = 1\n",
        scaled ? "  require k != 0\n" : "",
        tau() + THRESHOLD + resting(reset, 0),
        start(reset),
        "  charge u = " + leaky(decay, reset) + "\n",
        "  charge h = max(k * u, 0)\n",
        fire(),
        reset == ResetKind.HARD
            ? "  reset v = where(s, v_reset, " + potential + ")\n"
            : "  reset v = " + potential + " - s * (" + step + ")\n");
  }

  /** Leaky neuron driven by a decaying current c. Memories: v, c. */
  public static NeuronModel cubaLif(ResetKind reset) {
    return build(
        "cuba_lif" + suffix(reset),
        "  parameter c_decay = 0.5, v_decay = 0.75, v_threshold = 0.5\n",
        resting(reset, 0),
        start(reset),
        "  memory c = 0\n",
        "  charge c = c * c_decay + x\n",
        "  charge h = v * v_decay + c\n",
        fire(),
        resetOf(reset));
  }

  /** Leaky neuron that sends up to max_spikes spikes in a step. Memory: v. */
  public static NeuronModel ilif() {
    return NeuronModel.parse(
        """
        model ilif
          parameter tau = 4 / 3, v_threshold = 1, max_spikes = 4
          require tau > 1, v_threshold > 0, max_spikes >= 1
          memory v = 0
          charge h = v - v / tau + x
          fire s = rint(clamp(h / v_threshold, 0, max_spikes))
          reset v = h - s * v_threshold
        """);
  }

  /** Integrate and fire that starts half way to its threshold. Memory: v. */
  public static NeuronModel halfThresholdIf() {
    return NeuronModel.parse(
        """
        model half_threshold_if
          parameter v_threshold = 1
          require v_threshold > 0
          memory v = v_threshold / 2
          charge h = v + x
          fire s = h >= v_threshold
          reset v = h - s * v_threshold
        """);
  }

  /**
   * Leaky neuron that sends an activation of its potential; a hidden spike resets it. Memory: v.
   */
  public static NeuronModel liaf(
      Activation activation, ThresholdRelated related, InputDecay decay, ResetKind reset) {
    boolean relative = related == ThresholdRelated.ON;
    return build(
        "liaf_"
            + activation.name().toLowerCase(Locale.ROOT)
            + (relative ? "_related" : "")
            + suffix(decay)
            + suffix(reset),
        tau() + THRESHOLD + resting(reset, 0),
        start(reset),
        "  charge h = " + leaky(decay, reset) + "\n",
        fire(),
        relative ? "  charge z = h - v_threshold\n" : "  charge z = h\n",
        "  output y = " + activation.expression() + "\n",
        resetOf(reset));
  }

  /** Rectifier: sends max(x, 0), the activation of artificial neurons. No memory. */
  public static NeuronModel relu() {
    return NeuronModel.parse(
        """
        model relu
          charge h = max(x, 0)
          output y = h
        """);
  }

  private static NeuronModel build(String name, String... lines) {
    return NeuronModel.parse("model " + name + "\n" + String.join("", lines));
  }

  private static String suffix(ResetKind reset) {
    return reset == ResetKind.SOFT ? "_soft" : "";
  }

  private static String suffix(InputDecay decay) {
    return decay == InputDecay.OFF ? "_undecayed" : "";
  }

  private static String tau() {
    return "  parameter tau = 2\n  require tau > 1\n";
  }

  private static String resting(ResetKind reset, double value) {
    return reset == ResetKind.HARD ? "  parameter v_reset = " + value + "\n" : "";
  }

  private static String start(ResetKind reset) {
    return reset == ResetKind.HARD ? "  memory v = v_reset\n" : "  memory v = 0\n";
  }

  private static String fire() {
    return "  fire s = h >= v_threshold\n";
  }

  private static String resetOf(ResetKind reset) {
    return reset == ResetKind.HARD
        ? "  reset v = where(s, v_reset, h)\n"
        : "  reset v = h - s * v_threshold\n";
  }

  /** The potential relative to where a hard reset puts it. */
  private static String rest(String variable, ResetKind reset) {
    return reset == ResetKind.HARD ? variable + " - v_reset" : variable;
  }

  private static String leaky(InputDecay decay, ResetKind reset) {
    String leak = "(" + rest("v", reset) + ")";
    return decay == InputDecay.ON ? "v + (x - " + leak + ") / tau" : "v - " + leak + " / tau + x";
  }
}
