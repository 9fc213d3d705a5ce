package org.velella.encoding;

/**
 * Sends the binary digits of its first input, the most significant first, and then again. Input
 * {@code [N, *]} from 0 to 1 − 2^−K, output of the same shape. Memories: {@code code} (the input,
 * NaN before the first), {@code t} (the place in the cycle).
 *
 * @see WeightedPhaseOperation
 * @seed activation_based.encoding.WeightedPhaseEncoder
 */
public final class WeightedPhaseEncoder extends CycleEncoder {
  /**
   * An encoder of {@code steps} digits.
   *
   * @throws IllegalArgumentException if there are fewer than 1 or more than {@value
   *     WeightedPhaseOperation#MOST_STEPS}
   */
  public WeightedPhaseEncoder(int steps) {
    super(new WeightedPhaseOperation(steps));
  }
}
