package org.velella.backend;

import java.util.Arrays;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.WeightBounds;
import org.velella.synapse.WeightDependence;

/**
 * Rules with a reward: the trace of the eligibility, if there is one; traces; the new eligibility
 * and the change of each weight, both of what was there before.
 */
final class RewardKernel extends RuleKernel {
  private final float decayPre;
  private final float decayPost;
  private final WeightDependence forPre;
  private final WeightDependence forPost;
  private final float rate;
  private final WeightBounds bounds;

  /** Time constant and decay of the trace of the eligibility; 0 without one. */
  private final float tau;

  private final float decay;
  private float[] eligibility;
  private float[] traceE;
  private float[] fresh = new float[0];

  RewardKernel(MstdpRule rule, SynapsePlaces places) {
    super(places);
    decayPre = rule.decayPre();
    decayPost = rule.decayPost();
    forPre = rule.pre();
    forPost = rule.post();
    rate = rule.rate();
    bounds = rule.bounds();
    tau = 0;
    decay = 0;
  }

  RewardKernel(MstdpetRule rule, SynapsePlaces places) {
    super(places);
    decayPre = rule.decayPre();
    decayPost = rule.decayPost();
    forPre = rule.pre();
    forPost = rule.post();
    rate = rule.rate();
    bounds = rule.bounds();
    tau = rule.tauEligibility();
    decay = rule.decayEligibility();
  }

  @Override
  void sample(float[][] memories, int n, float[] pre, int x, float[] post, int s) {
    super.sample(memories, n, pre, x, post, s);
    eligibility = memories[3];
    traceE = tau == 0 ? null : memories[4];
  }

  @Override
  void learn(float reward) {
    int count = places.count();
    int end = synapses + count;
    for (int e = synapses; traceE != null && e < end; e++) {
      traceE[e] = traceE[e] * decay + eligibility[e] / tau;
    }
    advance(tracePre, sources, places.sources(), decayPre, pre, x);
    advance(tracePost, targets, places.targets(), decayPost, post, s);
    if (fresh.length < count) {
      fresh = new float[count];
    }
    Arrays.fill(fresh, 0, count, 0.0f);
    visitActive();
    float[] by = traceE == null ? eligibility : traceE;
    for (int e = synapses; reward != 0 && e < end; e++) {
      weight[e] = bounds.clamp(weight[e] + rate * (reward * by[e]));
    }
    System.arraycopy(fresh, 0, eligibility, synapses, count);
  }

  private static void advance(
      float[] trace, int first, int count, float decay, float[] spikes, int from) {
    for (int i = 0; i < count; i++) {
      trace[first + i] = trace[first + i] * decay + spikes[from + i];
    }
  }

  @Override
  void change(int slot, int source, int target) {
    float w = weight[slot];
    float up = forPost.of(w) * (post[s + target] * tracePre[sources + source]);
    float down = forPre.of(w) * (tracePost[targets + target] * pre[x + source]);
    fresh[slot - synapses] = up - down;
  }
}
