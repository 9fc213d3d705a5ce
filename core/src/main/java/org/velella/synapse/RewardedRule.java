package org.velella.synapse;

/**
 * Plasticity of pairs of spikes that waits for a reward.
 *
 * @param <R> the rule itself
 */
public sealed interface RewardedRule<R extends RewardedRule<R>> extends PairRule<R>
    permits MstdpRule, MstdpetRule {
  /** What {@code trace_pre} is multiplied by in a step: e^(-1 / tau). */
  default float decayPre() {
    return Rules.decay(tauPre());
  }

  /** What {@code trace_post} is multiplied by in a step. */
  default float decayPost() {
    return Rules.decay(tauPost());
  }

  @Override
  default boolean rewarded() {
    return true;
  }
}
