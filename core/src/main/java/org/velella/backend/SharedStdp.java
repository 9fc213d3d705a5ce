package org.velella.backend;

import java.util.Arrays;
import org.velella.synapse.StdpRule;

/**
 * Pairs of spikes at a matrix whose weights several rows share. What a weight gains and loses is
 * summed over the rows in their order; then each weight with a spike in some row changes once.
 */
final class SharedStdp extends StdpKernel {
  private final int width;
  private final int height;
  private final float[] gains;
  private final float[] losses;
  private final FiringRows firing;

  /** Sources with a spike in some row. */
  private final boolean[] sends;

  SharedStdp(StdpRule rule, SynapsePlaces places) {
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
    for (int k = 0; k < width; k++) {
      gains[k] += spike * tracePre[from + k];
    }
  }

  private void change(int row, boolean fires) {
    for (int k = 0; k < width; k++) {
      if (fires || sends[k]) {
        float w = weight[row + k];
        float change = rule.post().of(w) * gains[k] - rule.pre().of(w) * losses[k];
        weight[row + k] = rule.bounds().clamp(w + rule.rate() * change);
      }
    }
  }
}
