package org.velella.backend;

import org.velella.synapse.StdpRule;

/**
 * Pairs of spikes at a matrix whose weights several rows share. What a weight gains and loses is
 * summed over the rows in their order; then each weight with a spike in some row changes once.
 */
final class SharedStdp extends StdpKernel {
  private final SharedChanges changes;

  SharedStdp(StdpRule rule, SynapsePlaces places) {
    super(rule, places);
    changes = new SharedChanges(places);
  }

  @Override
  protected void visitActive() {
    int width = changes.width;
    int height = changes.height;
    float[] losses = changes.losses;
    FiringRows firing = changes.firing;
    changes.list(pre, x);
    for (int o = 0; o < height; o++) {
      changes.clear();
      boolean fires = false;
      for (int b = 0; b < places.sharers(); b++) {
        float spike = post[s + b * height + o];
        if (spike != 0) {
          fires = true;
          gain(spike, sources + b * width);
        }
        float trace = tracePost[targets + b * height + o];
        for (int f = firing.begin(b); f < firing.end(b); f++) {
          int k = firing.source[f];
          losses[k] += trace * pre[x + b * width + k];
        }
      }
      change(synapses + o * width, fires);
    }
  }

  private void gain(float spike, int from) {
    int width = changes.width;
    float[] gains = changes.gains;
    for (int k = 0; k < width; k++) {
      gains[k] += spike * tracePre[from + k];
    }
  }

  private void change(int row, boolean fires) {
    int width = changes.width;
    float[] gains = changes.gains;
    float[] losses = changes.losses;
    for (int k = 0; k < width; k++) {
      if (fires || changes.sends(k)) {
        float w = weight[row + k];
        float change = rule.post().of(w) * gains[k] - rule.pre().of(w) * losses[k];
        weight[row + k] = rule.bounds().clamp(w + rule.rate() * change);
      }
    }
  }
}
