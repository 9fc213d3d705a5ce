package org.velella.synapse;

/**
 * Between which numbers weights stay: a weight that learning takes beyond is set to the bound.
 *
 * @param low the least weight
 * @param high the greatest one, not below it
 */
public record WeightBounds(float low, float high) {
  /** All float32 numbers that are finite. */
  public static final WeightBounds NONE = new WeightBounds(-Float.MAX_VALUE, Float.MAX_VALUE);

  public WeightBounds {
    Rules.finite("low", low);
    Rules.finite("high", high);
    if (low > high) {
      throw new IllegalArgumentException(
          "Bounds of weights must not cross, found low %s and high %s".formatted(low, high));
    }
  }

  /** The weight, or the bound that it is beyond; NaN stays. */
  public float clamp(float weight) {
    return Math.min(Math.max(weight, low), high);
  }
}
