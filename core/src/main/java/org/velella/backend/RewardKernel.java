package org.velella.backend;

import java.util.Arrays;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.RewardedRule;

/**
 * Rules with a reward: traces; what the spikes make of the eligibility; the trace of the old
 * eligibility, if there is one; and the change of each weight by the old eligibility or its trace.
 * The new eligibility is of the weights before their change.
 */
public class RewardKernel extends RuleKernel {
  /** The rule at work. */
  protected final RewardedRule<?> rule;

  /** The eligibility, of which {@link #learn} makes the new one. */
  protected float[] eligibility;

  /** Its trace; null without one. */
  protected float[] traceE;

  /** The time constant of the trace; 0 without one. */
  protected final float tau;

  /** The decay of the trace in a step. */
  protected final float decay;

  private final float decayPre;
  private final float decayPost;
  private float[] fresh = new float[0];

  /** The kernel of a tile. */
  protected RewardKernel(RewardedRule<?> rule, SynapsePlaces places) {
    super(places);
    this.rule = rule;
    decayPre = rule.decayPre();
    decayPost = rule.decayPost();
    MstdpetRule traced = rule instanceof MstdpetRule ? (MstdpetRule) rule : null;
    tau = traced == null ? 0 : traced.tauEligibility();
    decay = traced == null ? 0 : traced.decayEligibility();
  }

  @Override
  final void sample(float[][] memories, int n, float[] pre, int x, float[] post, int s) {
    super.sample(memories, n, pre, x, post, s);
    eligibility = memories[3];
    traceE = tau == 0 ? null : memories[4];
  }

  @Override
  final void learn(float[] rewards, int from) {
    advance(tracePre, sources, places.sources(), decayPre, pre, x);
    advance(tracePost, targets, places.targets(), decayPost, post, s);
    rewardAll(rewards, from);
  }

  /** Goes on with the numbers of synapses, of the rewards of all rows that share the weights. */
  void rewardAll(float[] rewards, int from) {
    reward(rewards[from]);
  }

  /** Goes on with the numbers of synapses. */
  protected void reward(float reward) {
    int count = places.count();
    if (fresh.length < count) {
      fresh = new float[count];
    }
    Arrays.fill(fresh, 0.0f);
    visitActive();
    int end = synapses + count;
    for (int e = synapses; traceE != null && e < end; e++) {
      traceE[e] = traceE[e] * decay + eligibility[e] / tau;
    }
    float[] by = traceE == null ? eligibility : traceE;
    for (int e = synapses; reward != 0 && e < end; e++) {
      weight[e] = rule.bounds().clamp(weight[e] + rule.rate() * (reward * by[e]));
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
  protected void change(int slot, int source, int target) {
    fresh[slot - synapses] = eligible(weight[slot], source, target);
  }

  /**
   * The new eligibility of a synapse with a spike at one of its ends.
   *
   * @param w its weight before the step's change
   */
  protected final float eligible(float w, int source, int target) {
    float up = rule.post().of(w) * (post[s + target] * tracePre[sources + source]);
    float down = rule.pre().of(w) * (tracePost[targets + target] * pre[x + source]);
    return up - down;
  }
}
