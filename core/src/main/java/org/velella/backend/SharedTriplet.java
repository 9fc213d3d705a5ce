package org.velella.backend;

import java.util.Arrays;
import org.velella.synapse.TripletStdpRule;

/**
 * Triplets of spikes at a matrix whose weights several rows share. What a weight gains and loses is
 * summed over the rows in their order; then each weight with a spike in some row changes once.
 */
final class SharedTriplet extends TripletKernel {
  private final int width;
  private final int height;
  private final float[] gains;
  private final float[] losses;
  private final FiringRows firing;

  /** Sources with a spike in some row. */
  private final boolean[] sends;

  SharedTriplet(TripletStdpRule rule, SynapsePlaces places) {
    super(rule, places);
    width = places.sources() / places.sharers();
    height = places.targets() / places.sharers();
    gains = new float[width];
    losses = new float[width];
    firing = new FiringRows(places.sharers(), width);
    sends = new boolean[width];
  }

  @Override
  protected void visitActive() {
    firing.list(pre, x);
    Arrays.fill(sends, false);
    for (int f = 0; f < firing.end(places.sharers() - 1); f++) {
      sends[firing.source[f]] = true;
    }
    for (int o = 0; o < height; o++) {
      Arrays.fill(gains, 0.0f);
      Arrays.fill(losses, 0.0f);
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
    float spike = post[s + b * height + o];
    if (spike == 0) {
      return;
    }
    float pair = rule.a2Plus() + rule.a3Plus() * slowPost[targets + b * height + o];
    int from = sources + b * width;
    for (int k = 0; k < width; k++) {
      gains[k] += spike * tracePre[from + k] * pair;
    }
  }

  private void lose(int b, int o) {
    float trace = tracePost[targets + b * height + o];
    for (int f = firing.begin(b); f < firing.end(b); f++) {
      int k = firing.source[f];
      float back = rule.a2Minus() + rule.a3Minus() * slowPre[sources + b * width + k];
      losses[k] += pre[x + b * width + k] * trace * back;
    }
  }

  private void change(int row, boolean fires) {
    for (int k = 0; k < width; k++) {
      if (fires || sends[k]) {
        weight[row + k] = rule.bounds().clamp(weight[row + k] + (gains[k] - losses[k]));
      }
    }
  }
}
