package org.velella.backend;

import org.velella.synapse.TripletStdpRule;
import org.velella.synapse.TripletStdpRule.Interactions;

/**
 * All traces decay; the fast ones take the step's spikes; weights change; the slow ones take the
 * spikes.
 */
public class TripletKernel extends RuleKernel {
  /** The rule at work. */
  protected final TripletStdpRule rule;

  /** The slow memory of the pre spikes, without those of this step. */
  protected float[] slowPre;

  /** The slow memory of the post spikes, without those of this step. */
  protected float[] slowPost;

  private final float[] decays;

  /** The kernel of a tile. */
  protected TripletKernel(TripletStdpRule rule, SynapsePlaces places) {
    super(places);
    this.rule = rule;
    decays = rule.decays();
  }

  @Override
  final void sample(float[][] memories, int n, float[] pre, int x, float[] post, int s) {
    super.sample(memories, n, pre, x, post, s);
    slowPre = memories[3];
    slowPost = memories[4];
  }

  @Override
  final void learn(float[] rewards, int from) {
    decay(tracePre, sources, places.sources(), decays[0]);
    decay(slowPre, sources, places.sources(), decays[1]);
    decay(tracePost, targets, places.targets(), decays[2]);
    decay(slowPost, targets, places.targets(), decays[3]);
    take(tracePre, sources, places.sources(), pre, x);
    take(tracePost, targets, places.targets(), post, s);
    visitActive();
    take(slowPre, sources, places.sources(), pre, x);
    take(slowPost, targets, places.targets(), post, s);
  }

  private static void decay(float[] trace, int first, int count, float by) {
    for (int i = first; i < first + count; i++) {
      trace[i] *= by;
    }
  }

  private void take(float[] trace, int first, int count, float[] spikes, int from) {
    boolean nearest = rule.interactions() == Interactions.NEAREST;
    for (int i = 0; i < count; i++) {
      float spike = spikes[from + i];
      if (spike != 0) {
        trace[first + i] = nearest ? spike : trace[first + i] + spike;
      }
    }
  }

  @Override
  protected final void change(int slot, int source, int target) {
    float pair = rule.a2Plus() + rule.a3Plus() * slowPost[targets + target];
    float up = post[s + target] * tracePre[sources + source] * pair;
    float back = rule.a2Minus() + rule.a3Minus() * slowPre[sources + source];
    float down = pre[x + source] * tracePost[targets + target] * back;
    weight[slot] = rule.bounds().clamp(weight[slot] + (up - down));
  }
}
