package org.velella.backend;

import org.velella.synapse.StdpRule;

/** Traces first; then the weights between spikes change. */
public class StdpKernel extends RuleKernel {
  /** The rule at work. */
  protected final StdpRule rule;

  /** The kernel of a tile. */
  protected StdpKernel(StdpRule rule, SynapsePlaces places) {
    super(places);
    this.rule = rule;
  }

  @Override
  final void learn(float[] rewards, int from) {
    advance(tracePre, sources, places.sources(), rule.tauPre(), pre, x);
    advance(tracePost, targets, places.targets(), rule.tauPost(), post, s);
    visitActive();
  }

  private static void advance(
      float[] trace, int first, int count, float tau, float[] spikes, int from) {
    for (int i = 0; i < count; i++) {
      float before = trace[first + i];
      trace[first + i] = before - before / tau + spikes[from + i];
    }
  }

  @Override
  protected final void change(int slot, int source, int target) {
    float w = weight[slot];
    float up = rule.post().of(w) * (post[s + target] * tracePre[sources + source]);
    float down = rule.pre().of(w) * (tracePost[targets + target] * pre[x + source]);
    weight[slot] = rule.bounds().clamp(w + rule.rate() * (up - down));
  }
}
