package org.velella.synapse;

import java.util.Map;

/**
 * Spike-timing dependent plasticity of pairs of spikes. Traces advance by {@code tr - tr / tau +
 * spike}; then every synapse with a spike at one of its ends changes by {@code rate * (f_post(w) *
 * (s * trace_pre) - f_pre(w) * (trace_post * x))}.
 *
 * @param tauPre time constant of {@code trace_pre} in steps, at least 1
 * @param tauPost time constant of {@code trace_post} in steps, at least 1
 * @param pre f_pre, of what a pre spike takes away
 * @param post f_post, of what a post spike adds
 * @param rate what changes are multiplied by
 * @param bounds of the weights
 * @seed activation_based.learning.STDPLearner
 */
public record StdpRule(
    float tauPre,
    float tauPost,
    WeightDependence pre,
    WeightDependence post,
    float rate,
    WeightBounds bounds)
    implements PairRule<StdpRule> {
  static final String KIND = "stdp";

  public StdpRule {
    Rules.time("tau_pre", tauPre, 1);
    Rules.time("tau_post", tauPost, 1);
    Rules.finite("rate", rate);
  }

  /** The seed's: both functions of the weight the identity, a rate of 1, no bounds. */
  public static StdpRule of(float tauPre, float tauPost) {
    WeightDependence same = WeightDependence.IDENTITY;
    return new StdpRule(tauPre, tauPost, same, same, 1, WeightBounds.NONE);
  }

  static StdpRule of(Map<String, Float> numbers) {
    return of(numbers.get("tau_pre"), numbers.get("tau_post"))
        .with(Rules.pre(numbers), Rules.post(numbers), numbers.get("rate"), Rules.bounds(numbers));
  }

  @Override
  public StdpRule with(
      WeightDependence forPre, WeightDependence forPost, float factor, WeightBounds within) {
    return new StdpRule(tauPre, tauPost, forPre, forPost, factor, within);
  }

  @Override
  public String kind() {
    return KIND;
  }
}
