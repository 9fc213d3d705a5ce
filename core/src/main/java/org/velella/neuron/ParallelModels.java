package org.velella.neuron;

import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Models whose text depends on a number: how many inputs a sliding window has, or for how many
 * steps a gated neuron has conductances of their own.
 */
public final class ParallelModels {
  /** The longest window of a sliding PSN, and the most steps of a gated neuron. */
  public static final int MOST = 256;

  /** The most steps that parallel neurons see at once. */
  static final int MOST_STEPS = 4096;

  private ParallelModels() {}

  /** A copy on one axis, however many of length 1 there are. */
  static Tensor vector(Tensor given) {
    return given.copy().reshape(Shape.of(given.size()));
  }

  /**
   * A sliding parallel spiking neuron: {@code h[t] = sum over i < k of w_i x[t - k + 1 + i] + b},
   * from the oldest input on, with one fused multiply-add per term; it fires where h is not
   * negative. Memories: {@code past_1} to {@code past_(k-1)}, the inputs of the steps before, which
   * are 0 before anything came.
   *
   * @param k the window's length, from 1 to {@value #MOST}
   */
  public static NeuronModel slidingPsn(int k) {
    require("k of a sliding PSN", k);
    StringBuilder text = new StringBuilder("model sliding_psn_").append(k).append('\n');
    for (int i = 0; i < k; i++) {
      text.append("  parameter w_%d = 0x1p%d\n".formatted(i, Math.max(i - k + 1, -126)));
    }
    text.append("  parameter bias = -1\n");
    for (int i = 1; i < k; i++) {
      text.append("  memory past_%d = 0\n".formatted(i));
    }
    for (int i = 0; i < k; i++) {
      String input = i == k - 1 ? "x" : "past_" + (k - 1 - i);
      text.append("  charge h_%d = fma(w_%d, %s, %s)\n".formatted(i, i, input, sum(i)));
    }
    text.append("  charge h = h_%d + bias\n  fire s = h >= 0\n".formatted(k - 1));
    for (int i = k - 1; i > 1; i--) {
      text.append("  reset past_%d = past_%d\n".formatted(i, i - 1));
    }
    if (k > 1) {
      text.append("  reset past_1 = x\n");
    }
    return NeuronModel.parse(text.toString());
  }

  private static String sum(int i) {
    return i == 0 ? "0" : "h_" + (i - 1);
  }

  /**
   * A gated leaky neuron. All parameters are trained weights, of which float32 sigmoids are taken:
   * {@code alpha}, {@code beta}, {@code gamma} weigh exponential against linear decay, input
   * against gated input, and one kind of reset against the other; {@code tau}, {@code v_threshold},
   * {@code linear_decay}, {@code v_subreset}; and {@code conduct_0} … of each step.
   *
   * <p>Memories: {@code v}; {@code spiked}, the last spike; {@code step}, from 0 to steps - 1 and
   * round again.
   *
   * @param steps for how many steps there are conductances, from 1 to {@value #MOST}
   */
  public static NeuronModel gatedLif(int steps) {
    require("T of a gated LIF", steps);
    StringBuilder text = new StringBuilder("model gated_lif_").append(steps).append('\n');
    text.append("  parameter alpha = 0, beta = 0, gamma = 0, tau = -1.0986122886681098\n");
    text.append("  parameter v_threshold = 0, v_subreset = 0\n");
    text.append("  parameter linear_decay = %s\n".formatted(logit(0.5 / (2 * steps))));
    for (int t = 0; t < steps; t++) {
      text.append("  parameter conduct_%d = 0\n".formatted(t));
    }
    text.append(
        """
          derive32 a = 1 / (1 + exp(-alpha)), b = 1 / (1 + exp(-beta)), g = 1 / (1 + exp(-gamma))
          derive32 kept = 1 - a * (1 - 1 / (1 + exp(-tau)))
          derive32 leak = (1 - a) * (1 / (1 + exp(-linear_decay)))
          derive32 subtracted = (1 - g) * (1 / (1 + exp(-v_subreset)))
          derive32 threshold = 1 / (1 + exp(-v_threshold))
        """);
    for (int t = 0; t < steps; t++) {
      String conductance = "1 / (1 + exp(-conduct_%d))".formatted(t);
      text.append("  derive32 gate_%d = 1 - b * (1 - %s)\n".formatted(t, conductance));
    }
    text.append("  memory v = 0, spiked = 0, step = 0\n  charge at_0 = gate_0\n");
    for (int t = 1; t < steps; t++) {
      text.append("  charge at_%d = where(step == %d, gate_%d, at_%d)\n".formatted(t, t, t, t - 1));
    }
    text.append("  charge u = kept * v - leak + x * at_%d\n".formatted(steps - 1));
    text.append(
        """
          charge h = u - kept * v * g * spiked - subtracted * spiked
          fire s = h >= threshold
          reset v = h, spiked = s
        """);
    text.append("  reset step = where(step >= %d, 0, step + 1)\n".formatted(steps - 1));
    return NeuronModel.parse(text.toString());
  }

  /** What the sigmoid takes to the given number. */
  static double logit(double value) {
    return -StrictMath.log(1 / value - 1);
  }

  private static void require(String what, int value) {
    if (value < 1 || value > MOST) {
      throw new IllegalArgumentException(
          "%s must be from 1 to %d, found %d".formatted(what, MOST, value));
    }
  }
}
