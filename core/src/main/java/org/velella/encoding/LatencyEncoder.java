package org.velella.encoding;

import org.velella.encoding.LatencyOperation.Curve;

/**
 * Fires once in every cycle of T steps, the earlier the larger its first input, which is from 0 to
 * 1. Input {@code [N, *]}, output of the same shape. Memories: {@code code} (the step of the spike,
 * NaN before the first input), {@code t} (the place in the cycle).
 *
 * @see LatencyOperation
 * @seed activation_based.encoding.LatencyEncoder
 */
public final class LatencyEncoder extends CycleEncoder {
  /** A linear encoder with cycles of {@code steps} steps. */
  public LatencyEncoder(int steps) {
    this(steps, Curve.LINEAR);
  }

  /**
   * An encoder with cycles of {@code steps} steps.
   *
   * @throws IllegalArgumentException if there are fewer than 1 or more than {@value
   *     LatencyOperation#MOST_STEPS} steps
   */
  public LatencyEncoder(int steps, Curve curve) {
    super(new LatencyOperation(steps, curve));
  }
}
