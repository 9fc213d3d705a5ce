package org.velella.synapse;

import java.util.LinkedHashMap;
import java.util.Map;

/** Checks of learning rules, and their numbers by name. */
final class Rules {
  private Rules() {}

  static void finite(String name, float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(
          "'%s' of a learning rule must be finite in float32, found %s".formatted(name, value));
    }
  }

  /** A time constant in steps. */
  static void time(String name, float steps, float least) {
    if (!(steps >= least) || !(steps > 0) || !Float.isFinite(steps)) {
      throw new IllegalArgumentException(
          "'%s' of a learning rule must be finite and %s steps, found %s"
              .formatted(name, least > 0 ? "at least " + least : "above 0", steps));
    }
  }

  /** {@code e^(-1 / tau)} in float64, rounded once. */
  static float decay(float tau) {
    return (float) StrictMath.exp(-1.0 / tau);
  }

  /** The numbers of a pair rule, in the order of its file form. */
  static Map<String, Float> numbers(PairRule<?> rule) {
    Map<String, Float> numbers = new LinkedHashMap<>();
    numbers.put("tau_pre", rule.tauPre());
    numbers.put("tau_post", rule.tauPost());
    numbers.put("pre_offset", rule.pre().offset());
    numbers.put("pre_slope", rule.pre().slope());
    numbers.put("post_offset", rule.post().offset());
    numbers.put("post_slope", rule.post().slope());
    numbers.put("rate", rule.rate());
    add(numbers, rule.bounds());
    return numbers;
  }

  static WeightDependence pre(Map<String, Float> numbers) {
    return new WeightDependence(numbers.get("pre_offset"), numbers.get("pre_slope"));
  }

  static WeightDependence post(Map<String, Float> numbers) {
    return new WeightDependence(numbers.get("post_offset"), numbers.get("post_slope"));
  }

  static WeightBounds bounds(Map<String, Float> numbers) {
    return new WeightBounds(numbers.get("low"), numbers.get("high"));
  }

  static void add(Map<String, Float> numbers, WeightBounds bounds) {
    numbers.put("low", bounds.low());
    numbers.put("high", bounds.high());
  }
}
