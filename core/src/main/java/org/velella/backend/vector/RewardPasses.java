package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.RewardedRule;
import org.velella.synapse.WeightBounds;

/** What rules with a reward do with all synapses, whether they have a spike or not. */
final class RewardPasses {
  private RewardPasses() {}

  /**
   * Goes on with the trace of the eligibility, if there is one, and changes the weights.
   *
   * @param traceE null without a trace
   * @param from the first of {@code count} synapses in all three memories
   */
  static void run(
      RewardedRule<?> rule,
      float reward,
      float[] weight,
      float[] eligibility,
      float[] traceE,
      int from,
      int count) {
    if (rule instanceof MstdpetRule traced) {
      trace(traceE, eligibility, from, from + count, traced);
    }
    if (reward != 0) {
      float[] by = traceE == null ? eligibility : traceE;
      change(weight, by, from, from + count, rule.rate(), reward, rule.bounds());
    }
  }

  private static void trace(
      float[] trace, float[] eligibility, int from, int end, MstdpetRule rule) {
    float decay = rule.decayEligibility();
    float tau = rule.tauEligibility();
    FloatVector decays = FloatVector.broadcast(FLOATS, decay);
    FloatVector taus = FloatVector.broadcast(FLOATS, tau);
    int e = from;
    for (; e + Lanes.COUNT <= end; e += Lanes.COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, trace, e).mul(decays);
      FloatVector added = FloatVector.fromArray(FLOATS, eligibility, e).div(taus);
      before.add(added).intoArray(trace, e);
    }
    for (; e < end; e++) {
      trace[e] = trace[e] * decay + eligibility[e] / tau;
    }
  }

  private static void change(
      float[] weight,
      float[] by,
      int from,
      int end,
      float rate,
      float reward,
      WeightBounds bounds) {
    FloatVector rates = FloatVector.broadcast(FLOATS, rate);
    FloatVector rewards = FloatVector.broadcast(FLOATS, reward);
    FloatVector low = FloatVector.broadcast(FLOATS, bounds.low());
    FloatVector high = FloatVector.broadcast(FLOATS, bounds.high());
    int e = from;
    for (; e + Lanes.COUNT <= end; e += Lanes.COUNT) {
      FloatVector change = rates.mul(rewards.mul(FloatVector.fromArray(FLOATS, by, e)));
      FloatVector changed = FloatVector.fromArray(FLOATS, weight, e).add(change);
      changed.max(low).min(high).intoArray(weight, e);
    }
    for (; e < end; e++) {
      weight[e] = bounds.clamp(weight[e] + rate * (reward * by[e]));
    }
  }
}
