package org.velella.backend;

import org.velella.synapse.TripletStdpRule;

/**
 * Triplets of spikes at a matrix whose weights several rows share. What a weight gains and loses is
 * summed over the rows in their order; then each weight with a spike in some row changes once.
 */
final class SharedTriplet extends TripletKernel {
  private final SharedChanges changes;

  SharedTriplet(TripletStdpRule rule, SynapsePlaces places) {
    super(rule, places);
    changes = new SharedChanges(places);
  }

  @Override
  protected void visitActive() {
    int width = changes.width;
    int height = changes.height;
    changes.list(pre, x);
    for (int o = 0; o < height; o++) {
      changes.clear();
      boolean fires = false;
      for (int b = 0; b < places.sharers(); b++) {
        fires |= post[s + b * height + o] != 0;
        gain(b, o);
        lose(b, o);
      }
      change(synapses + o * width, fires);
    }
  }

  private void gain(int b, int o) {
    float spike = post[s + b * changes.height + o];
    if (spike == 0) {
      return;
    }
    float pair = rule.a2Plus() + rule.a3Plus() * slowPost[targets + b * changes.height + o];
    int width = changes.width;
    int from = sources + b * width;
    float[] gains = changes.gains;
    for (int k = 0; k < width; k++) {
      gains[k] += spike * tracePre[from + k] * pair;
    }
  }

  private void lose(int b, int o) {
    int width = changes.width;
    float[] losses = changes.losses;
    FiringRows firing = changes.firing;
    float trace = tracePost[targets + b * changes.height + o];
    for (int f = firing.begin(b); f < firing.end(b); f++) {
      int k = firing.source[f];
      float back = rule.a2Minus() + rule.a3Minus() * slowPre[sources + b * width + k];
      losses[k] += pre[x + b * width + k] * trace * back;
    }
  }

  private void change(int row, boolean fires) {
    int width = changes.width;
    float[] gains = changes.gains;
    float[] losses = changes.losses;
    for (int k = 0; k < width; k++) {
      if (fires || changes.sends(k)) {
        weight[row + k] = rule.bounds().clamp(weight[row + k] + (gains[k] - losses[k]));
      }
    }
  }
}
