package org.velella.synapse;

import java.util.Map;

/**
 * Plasticity of pairs of a pre and a post spike: what these rules have in common.
 *
 * @param <R> the rule itself
 */
public sealed interface PairRule<R extends PairRule<R>> extends LearningRule
    permits StdpRule, RewardedRule {
  /** Time constant of {@code trace_pre} in steps. */
  float tauPre();

  /** Time constant of {@code trace_post} in steps. */
  float tauPost();

  /** f_pre, of what a pre spike takes away. */
  WeightDependence pre();

  /** f_post, of what a post spike adds. */
  WeightDependence post();

  /** What changes are multiplied by. */
  float rate();

  /** The rule with the same time constants, and everything else as given. */
  R with(WeightDependence pre, WeightDependence post, float rate, WeightBounds bounds);

  /** With other functions of the weight. */
  default R dependences(WeightDependence forPre, WeightDependence forPost) {
    return with(forPre, forPost, rate(), bounds());
  }

  /** With another rate. */
  default R rate(float factor) {
    return with(pre(), post(), factor, bounds());
  }

  /** With bounds of the weights. */
  default R bounds(float low, float high) {
    return with(pre(), post(), rate(), new WeightBounds(low, high));
  }

  @Override
  default Map<String, Float> numbers() {
    return Rules.numbers(this);
  }
}
