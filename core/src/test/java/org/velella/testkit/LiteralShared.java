package org.velella.testkit;

import org.velella.synapse.MstdpetRule;
import org.velella.synapse.PairRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;

/** A matrix whose weights rows of a sample share, by the letter: one weight, one row at a time. */
final class LiteralShared {
  private LiteralShared() {}

  static void send(PlasticOperation operation, int n, float[] in, float[] weights, float[] out) {
    int rows = operation.sharers();
    int width = operation.source().dim(1);
    int height = operation.target().dim(1);
    for (int b = n * rows; b < (n + 1) * rows; b++) {
      for (int o = 0; o < height; o++) {
        float sum = 0;
        for (int k = 0; k < width; k++) {
          float x = in[b * width + k];
          sum = x == 0 ? sum : Math.fma(x, weights[(n * height + o) * width + k], sum);
        }
        out[b * height + o] = sum + 0.0f;
      }
    }
  }

  /** Traces have advanced; spikes, and slow traces without them, are those of the sample. */
  static void learn(
      PlasticOperation operation, int n, float[][] spikes, float[] rewards, float[][] memories) {
    int width = operation.source().dim(1);
    int size = operation.weight().size();
    for (int e = 0; e < size; e++) {
      int o = e / width;
      int k = e % width;
      float w = memories[0][n * size + e];
      float changed = w;
      if (operation.rule() instanceof StdpRule rule) {
        changed = pairs(operation, rule, w, n, o, k, spikes, memories);
      } else if (operation.rule() instanceof TripletStdpRule rule) {
        changed = triplets(operation, rule, w, n, o, k, spikes, memories);
      } else {
        changed = rewarded(operation, w, n, e, spikes, rewards, memories);
      }
      memories[0][n * size + e] = changed;
    }
  }

  private static float pairs(
      PlasticOperation operation,
      StdpRule rule,
      float w,
      int n,
      int o,
      int k,
      float[][] spikes,
      float[][] memories) {
    int rows = operation.sharers();
    int width = operation.source().dim(1);
    int height = operation.target().dim(1);
    float gain = 0;
    float loss = 0;
    boolean active = false;
    for (int b = 0; b < rows; b++) {
      float x = spikes[0][b * width + k];
      float s = spikes[1][b * height + o];
      active |= x != 0 || s != 0;
      gain = s == 0 ? gain : gain + s * memories[1][(n * rows + b) * width + k];
      loss = x == 0 ? loss : loss + memories[2][(n * rows + b) * height + o] * x;
    }
    float change = rule.rate() * (of(rule, w, true) * gain - of(rule, w, false) * loss);
    return active ? clamp(rule, w + change) : w;
  }

  private static float triplets(
      PlasticOperation operation,
      TripletStdpRule rule,
      float w,
      int n,
      int o,
      int k,
      float[][] spikes,
      float[][] memories) {
    int rows = operation.sharers();
    int width = operation.source().dim(1);
    int height = operation.target().dim(1);
    float up = 0;
    float down = 0;
    boolean active = false;
    for (int b = 0; b < rows; b++) {
      float x = spikes[0][b * width + k];
      float s = spikes[1][b * height + o];
      active |= x != 0 || s != 0;
      float pair = rule.a2Plus() + rule.a3Plus() * spikes[3][b * height + o];
      float back = rule.a2Minus() + rule.a3Minus() * spikes[2][b * width + k];
      up = s == 0 ? up : up + s * memories[1][(n * rows + b) * width + k] * pair;
      down = x == 0 ? down : down + x * memories[2][(n * rows + b) * height + o] * back;
    }
    float changed =
        LiteralLearning.clamp(w + (up - down), rule.bounds().low(), rule.bounds().high());
    return active ? changed : w;
  }

  private static float rewarded(
      PlasticOperation operation,
      float w,
      int n,
      int e,
      float[][] spikes,
      float[] rewards,
      float[][] memories) {
    PairRule<?> rule = (PairRule<?>) operation.rule();
    int rows = operation.sharers();
    int width = operation.source().dim(1);
    int height = operation.target().dim(1);
    int size = operation.weight().size();
    float sum = 0;
    boolean any = false;
    for (int b = 0; b < rows; b++) {
      int at = (n * rows + b) * size + e;
      any |= rewards[b] != 0;
      float by = memories[3][at];
      if (rule instanceof MstdpetRule traced) {
        by =
            memories[4][at] * LiteralLearning.decay(traced.tauEligibility())
                + by / traced.tauEligibility();
        memories[4][at] = by;
      }
      sum = rewards[b] == 0 ? sum : sum + rewards[b] * by;
      float x = spikes[0][b * width + e % width];
      float s = spikes[1][b * height + e / width];
      float up = s * memories[1][(n * rows + b) * width + e % width];
      float down = memories[2][(n * rows + b) * height + e / width] * x;
      float fresh = of(rule, w, true) * up - of(rule, w, false) * down;
      memories[3][at] = x != 0 || s != 0 ? fresh : 0;
    }
    return any ? clamp(rule, w + rule.rate() * sum) : w;
  }

  private static float of(PairRule<?> rule, float w, boolean gains) {
    return gains
        ? rule.post().offset() + rule.post().slope() * w
        : rule.pre().offset() + rule.pre().slope() * w;
  }

  private static float clamp(PairRule<?> rule, float w) {
    return LiteralLearning.clamp(w, rule.bounds().low(), rule.bounds().high());
  }
}
