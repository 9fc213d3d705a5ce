package org.velella.synapse;

import java.util.List;
import java.util.Map;

/**
 * Plasticity that a reward modulates. Every weight changes by {@code rate * (reward *
 * eligibility)}, with the eligibility of the step before; then traces advance by {@code tr * e^(-1
 * / tau) + spike} and the eligibility becomes {@code f_post(w) * (s * trace_pre) - f_pre(w) *
 * (trace_post * x)}, of the weights before the change, and 0 where neither end has a spike.
 *
 * @param tauPre time constant of {@code trace_pre} in steps, above 0
 * @param tauPost time constant of {@code trace_post} in steps, above 0
 * @param pre f_pre, of what a pre spike takes away
 * @param post f_post, of what a post spike adds
 * @param rate what changes are multiplied by
 * @param bounds of the weights
 * @seed activation_based.learning.MSTDPLearner
 */
public record MstdpRule(
    float tauPre,
    float tauPost,
    WeightDependence pre,
    WeightDependence post,
    float rate,
    WeightBounds bounds)
    implements RewardedRule<MstdpRule> {
  static final String KIND = "mstdp";

  public MstdpRule {
    Rules.time("tau_pre", tauPre, 0);
    Rules.time("tau_post", tauPost, 0);
    Rules.finite("rate", rate);
  }

  /** The seed's: both functions of the weight the identity, a rate of 1, no bounds. */
  public static MstdpRule of(float tauPre, float tauPost) {
    WeightDependence same = WeightDependence.IDENTITY;
    return new MstdpRule(tauPre, tauPost, same, same, 1, WeightBounds.NONE);
  }

  static MstdpRule of(Map<String, Float> numbers) {
    return of(numbers.get("tau_pre"), numbers.get("tau_post"))
        .with(Rules.pre(numbers), Rules.post(numbers), numbers.get("rate"), Rules.bounds(numbers));
  }

  @Override
  public MstdpRule with(
      WeightDependence forPre, WeightDependence forPost, float factor, WeightBounds within) {
    return new MstdpRule(tauPre, tauPost, forPre, forPost, factor, within);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> synapseMemories() {
    return List.of("eligibility");
  }
}
