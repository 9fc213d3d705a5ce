package org.velella.testkit;

import org.velella.tensor.Tensor;

/** When an expected and an actual float32 count as equal. */
@FunctionalInterface
public interface Agreement {
  /** The same bits, where every NaN is one value and the two zeros differ. */
  Agreement BITS =
      (expected, actual) -> Tensor.canonicalBits(expected) == Tensor.canonicalBits(actual);

  /** As {@link #BITS}, but the two zeros are one value, as when the other side blends by sums. */
  Agreement BITS_BUT_ONE_ZERO =
      (expected, actual) -> expected == actual || BITS.holds(expected, actual);

  boolean holds(float expected, float actual);

  /**
   * At most {@code bound} apart, or not finite and the same.
   *
   * @param bound absolute, at least 0
   */
  static Agreement within(double bound) {
    if (!(bound >= 0)) {
      throw new IllegalArgumentException("A bound of " + bound + " can never hold");
    }
    return (expected, actual) ->
        BITS_BUT_ONE_ZERO.holds(expected, actual)
            || Math.abs((double) expected - (double) actual) <= bound;
  }

  /**
   * How many float32 values lie between two numbers, plus one; 0 for equal ones and for the two
   * zeros, -1 if exactly one is NaN.
   */
  static long ulpDistance(float a, float b) {
    if (a != a || b != b) {
      return a != a && b != b ? 0 : -1;
    }
    return Math.abs((long) ordered(a) - ordered(b));
  }

  private static int ordered(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? Integer.MIN_VALUE - bits : bits;
  }
}
