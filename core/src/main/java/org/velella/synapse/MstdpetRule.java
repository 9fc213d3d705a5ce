package org.velella.synapse;

import java.util.List;
import java.util.Map;

/**
 * Plasticity that a reward modulates, through a trace of the eligibility. First {@code trace_e}
 * becomes {@code trace_e * e^(-1 / tau) + eligibility / tau}, with the eligibility of the step
 * before, and every weight changes by {@code rate * (reward * trace_e)}; then traces and
 * eligibility go on as those of {@link MstdpRule}.
 *
 * @param tauPre time constant of {@code trace_pre} in steps, above 0
 * @param tauPost time constant of {@code trace_post} in steps, above 0
 * @param tauEligibility time constant of {@code trace_e} in steps, above 0
 * @param pre f_pre, of what a pre spike takes away
 * @param post f_post, of what a post spike adds
 * @param rate what changes are multiplied by
 * @param bounds of the weights
 * @seed activation_based.learning.MSTDPETLearner
 */
public record MstdpetRule(
    float tauPre,
    float tauPost,
    float tauEligibility,
    WeightDependence pre,
    WeightDependence post,
    float rate,
    WeightBounds bounds)
    implements RewardedRule<MstdpetRule> {
  static final String KIND = "mstdpet";

  public MstdpetRule {
    Rules.time("tau_pre", tauPre, 0);
    Rules.time("tau_post", tauPost, 0);
    Rules.time("tau_eligibility", tauEligibility, 0);
    Rules.finite("rate", rate);
  }

  /** The seed's: both functions of the weight the identity, a rate of 1, no bounds. */
  public static MstdpetRule of(float tauPre, float tauPost, float tauEligibility) {
    WeightDependence same = WeightDependence.IDENTITY;
    return new MstdpetRule(tauPre, tauPost, tauEligibility, same, same, 1, WeightBounds.NONE);
  }

  static MstdpetRule of(Map<String, Float> numbers) {
    return of(numbers.get("tau_pre"), numbers.get("tau_post"), numbers.get("tau_eligibility"))
        .with(Rules.pre(numbers), Rules.post(numbers), numbers.get("rate"), Rules.bounds(numbers));
  }

  @Override
  public MstdpetRule with(
      WeightDependence forPre, WeightDependence forPost, float factor, WeightBounds within) {
    return new MstdpetRule(tauPre, tauPost, tauEligibility, forPre, forPost, factor, within);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, Float> numbers() {
    Map<String, Float> numbers = Rules.numbers(this);
    numbers.put("tau_eligibility", tauEligibility);
    return numbers;
  }

  /** What {@code trace_e} is multiplied by in a step. */
  public float decayEligibility() {
    return Rules.decay(tauEligibility);
  }

  @Override
  public List<String> synapseMemories() {
    return List.of("eligibility", "trace_e");
  }
}
