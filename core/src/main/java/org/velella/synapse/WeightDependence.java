package org.velella.synapse;

/**
 * How much a weight changes, depending on the weight itself: {@code f(w) = offset + slope * w}, two
 * roundings. The seed's {@code f_pre} and {@code f_post}, where these are straight lines.
 *
 * @param offset what a weight of 0 changes by
 * @param slope what is added to it for each unit of the weight
 */
public record WeightDependence(float offset, float slope) {
  /** {@code f(w) = w}, the seed's own. */
  public static final WeightDependence IDENTITY = new WeightDependence(0, 1);

  public WeightDependence {
    Rules.finite("offset", offset);
    Rules.finite("slope", slope);
  }

  /** {@code f(w) = amount}: additive learning. */
  public static WeightDependence constant(float amount) {
    return new WeightDependence(amount, 0);
  }

  /** {@code f(w) = amount * (high - w)}: learning that fades towards an upper bound. */
  public static WeightDependence below(float high, float amount) {
    return new WeightDependence(amount * high, -amount);
  }

  /** {@code f(w) = amount * (w - low)}: learning that fades towards a lower bound. */
  public static WeightDependence above(float low, float amount) {
    return new WeightDependence(-amount * low, amount);
  }

  /** f of a weight. */
  public float of(float weight) {
    return offset + slope * weight;
  }
}
