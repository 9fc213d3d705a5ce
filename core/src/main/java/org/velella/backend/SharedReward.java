package org.velella.backend;

import java.util.Arrays;
import org.velella.synapse.RewardedRule;

/**
 * A rule with a reward at a matrix whose weights several rows share. Each row has eligibilities, or
 * traces of them, and a reward of its own; a weight changes by the sum of their products over the
 * rows in their order.
 */
final class SharedReward extends RewardKernel {
  private final int width;
  private final int height;
  private final float[] old;
  private final float[] sums;
  private final FiringRows firing;

  SharedReward(RewardedRule<?> rule, SynapsePlaces places) {
    super(rule, places);
    width = places.sources() / places.sharers();
    height = places.targets() / places.sharers();
    old = new float[width];
    sums = new float[width];
    firing = new FiringRows(places.sharers(), width);
  }

  @Override
  void rewardAll(float[] rewards, int from) {
    firing.list(pre, x);
    boolean rewarded = false;
    for (int b = 0; b < places.sharers(); b++) {
      rewarded |= rewards[from + b] != 0;
    }
    int end = eligibilities(places.sharers(), 0);
    for (int e = eligibilities(0, 0); traceE != null && e < end; e++) {
      traceE[e] = traceE[e] * decay + eligibility[e] / tau;
    }
    for (int o = 0; o < height; o++) {
      int row = synapses + o * width;
      System.arraycopy(weight, row, old, 0, width);
      if (rewarded) {
        change(row, o, rewards, from);
      }
      for (int b = 0; b < places.sharers(); b++) {
        renew(b, o);
      }
    }
  }

  /** Where the eligibilities of a row begin, of one target. */
  private int eligibilities(int b, int o) {
    return synapses * places.sharers() + b * places.count() + o * width;
  }

  private void change(int row, int o, float[] rewards, int from) {
    float[] by = traceE == null ? eligibility : traceE;
    Arrays.fill(sums, 0.0f);
    for (int b = 0; b < places.sharers(); b++) {
      float reward = rewards[from + b];
      int e = eligibilities(b, o);
      for (int k = 0; reward != 0 && k < width; k++) {
        sums[k] += reward * by[e + k];
      }
    }
    for (int k = 0; k < width; k++) {
      weight[row + k] = rule.bounds().clamp(old[k] + rule.rate() * sums[k]);
    }
  }

  private void renew(int b, int o) {
    int e = eligibilities(b, o);
    int target = b * height + o;
    if (post[s + target] != 0) {
      for (int k = 0; k < width; k++) {
        eligibility[e + k] = eligible(old[k], b * width + k, target);
      }
      return;
    }
    Arrays.fill(eligibility, e, e + width, 0.0f);
    for (int f = firing.begin(b); f < firing.end(b); f++) {
      int k = firing.source[f];
      eligibility[e + k] = eligible(old[k], b * width + k, target);
    }
  }
}
