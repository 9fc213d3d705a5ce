package org.velella.backend;

import org.velella.synapse.StdpRule;

/** Traces first; then the weights between spikes change. */
final class StdpKernel extends RuleKernel {
  private final StdpRule rule;

  StdpKernel(StdpRule rule, SynapsePlaces places) {
    super(places);
    this.rule = rule;
  }

  @Override
  void learn(float reward) {
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
  void change(int slot, int source, int target) {
    float w = weight[slot];
    float up = rule.post().of(w) * (post[s + target] * tracePre[sources + source]);
    float down = rule.pre().of(w) * (tracePost[targets + target] * pre[x + source]);
    weight[slot] = rule.bounds().clamp(w + rule.rate() * (up - down));
  }
}
