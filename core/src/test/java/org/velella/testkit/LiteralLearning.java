package org.velella.testkit;

import java.util.Arrays;
import java.util.List;
import org.velella.plan.LearnOp;
import org.velella.plan.PlasticOp;
import org.velella.synapse.Connectivity;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;
import org.velella.tensor.Tensor;

/** Synapses that learn by the letter of their definition: one synapse, one equation at a time. */
final class LiteralLearning {
  private LiteralLearning() {}

  /** The place of a synapse's numbers, or less than 0 if there is none. */
  private static int slot(PlasticOperation op, int k, int o) {
    Connectivity synapses = op.connectivity();
    int[] offsets = synapses == null ? null : synapses.offsets();
    return synapses == null
        ? o * op.source().size() + k
        : Arrays.binarySearch(synapses.columns(), offsets[k], offsets[k + 1], o);
  }

  /** One sample's output. */
  static void send(PlasticOp op, int n, float[] in, Tensor memory, float[] out) {
    int sources = op.operation().source().size();
    int targets = op.operation().target().size();
    int count = op.operation().weight().size();
    if (op.operation().window() != null) {
      LiteralWindow.send(op.operation(), n, in, memory.floats(), out);
      return;
    }
    if (op.operation().sharers() > 1) {
      LiteralShared.send(op.operation(), n, in, memory.floats(), out);
      return;
    }
    for (int o = 0; o < targets; o++) {
      float sum = 0;
      for (int k = 0; k < sources; k++) {
        int e = slot(op.operation(), k, o);
        float x = in[n * sources + k];
        // A weight may become infinite, and an input of 0 sends nothing.
        sum = e < 0 || x == 0 ? sum : Math.fma(x, memory.floats()[n * count + e], sum);
      }
      out[n * targets + o] = sum + 0.0f;
    }
  }

  static float decay(double tau) {
    return (float) StrictMath.exp(-1 / tau);
  }

  /** {@code min(max(w, low), high)}, where -0 is below +0: a weight of -0 becomes a low of +0. */
  static float clamp(float w, float low, float high) {
    return Math.min(Math.max(w, low), high);
  }

  /** What one sample learns. */
  static void learn(LearnOp op, int n, float[][] values, List<Tensor> all) {
    PlasticOperation operation = op.operation();
    int sources = operation.source().size();
    int targets = operation.target().size();
    float[][] m = op.memories().stream().map(id -> all.get(id).floats()).toArray(float[][]::new);
    float[] x = Arrays.copyOfRange(values[op.inputs().get(0)], n * sources, (n + 1) * sources);
    float[] s = Arrays.copyOfRange(values[op.inputs().get(1)], n * targets, (n + 1) * targets);
    int rows = operation.sharers();
    boolean rewarded = operation.rule().rewarded();
    float[] rewards = rewarded ? values[op.inputs().get(2)] : new float[(n + 1) * rows];
    float[][] slow = traces(operation, m, n, x, s);
    int count = operation.weight().size();
    if (operation.window() != null) {
      float[] pre = Arrays.copyOfRange(m[1], n * sources, (n + 1) * sources);
      float[] post = Arrays.copyOfRange(m[2], n * targets, (n + 1) * targets);
      LiteralWindow.learn(operation, n, new float[][] {x, s, pre, post}, m[0]);
      return;
    }
    if (rows > 1) {
      float[] own = Arrays.copyOfRange(rewards, n * rows, (n + 1) * rows);
      LiteralShared.learn(operation, n, new float[][] {x, s, slow[0], slow[1]}, own, m);
      return;
    }
    float reward = rewards[n];
    for (int o = 0; o < targets; o++) {
      for (int k = 0; k < sources; k++) {
        int e = slot(operation, k, o);
        if (e >= 0) {
          float pre = m[1][n * sources + k];
          float post = m[2][n * targets + o];
          float[] ends = {x[k], s[o], pre, post, slow[0][k], slow[1][o]};
          synapse(operation, m, n * count + e, ends, reward);
        }
      }
    }
  }

  /** Advances traces; gives the slow ones without the spikes of this step. */
  private static float[][] traces(
      PlasticOperation operation, float[][] m, int n, float[] x, float[] s) {
    float[][] spikes = {x, s};
    float[][] slow = {new float[x.length], new float[s.length]};
    for (int end = 0; end < 2; end++) {
      int first = n * spikes[end].length;
      for (int i = 0; i < spikes[end].length; i++) {
        float spike = spikes[end][i];
        float before = m[1 + end][first + i];
        if (operation.rule() instanceof StdpRule rule) {
          float tau = end == 0 ? rule.tauPre() : rule.tauPost();
          m[1 + end][first + i] = before - before / tau + spike;
        } else if (operation.rule() instanceof TripletStdpRule rule) {
          float decayed = before * decay(end == 0 ? rule.tauPlus() : rule.tauMinus());
          float late = m[3 + end][first + i] * decay(end == 0 ? rule.tauX() : rule.tauY());
          slow[end][i] = late;
          boolean sets = rule.interactions() == TripletStdpRule.Interactions.NEAREST;
          m[1 + end][first + i] = spike == 0 ? decayed : sets ? spike : decayed + spike;
          m[3 + end][first + i] = spike == 0 ? late : sets ? spike : late + spike;
        } else if (operation.rule() instanceof MstdpRule rule) {
          m[1 + end][first + i] = before * decay(end == 0 ? rule.tauPre() : rule.tauPost()) + spike;
        } else {
          MstdpetRule rule = (MstdpetRule) operation.rule();
          m[1 + end][first + i] = before * decay(end == 0 ? rule.tauPre() : rule.tauPost()) + spike;
        }
      }
    }
    return slow;
  }

  /** ends: x, s, trace_pre, trace_post, and the slow traces. */
  private static void synapse(
      PlasticOperation operation, float[][] m, int e, float[] ends, float reward) {
    float w = m[0][e];
    boolean active = ends[0] != 0 || ends[1] != 0;
    float low = operation.rule().bounds().low();
    float high = operation.rule().bounds().high();
    float up = ends[1] * ends[2];
    float down = ends[3] * ends[0];
    if (operation.rule() instanceof StdpRule rule && active) {
      float gain = (rule.post().offset() + rule.post().slope() * w) * up;
      float loss = (rule.pre().offset() + rule.pre().slope() * w) * down;
      m[0][e] = clamp(w + rule.rate() * (gain - loss), low, high);
    } else if (operation.rule() instanceof TripletStdpRule rule && active) {
      float gain = up * (rule.a2Plus() + rule.a3Plus() * ends[5]);
      float loss = down * (rule.a2Minus() + rule.a3Minus() * ends[4]);
      m[0][e] = clamp(w + (gain - loss), low, high);
    } else if (operation.rule() instanceof MstdpRule rule) {
      float change = rule.rate() * (reward * m[3][e]);
      m[0][e] = reward == 0 ? w : clamp(w + change, low, high);
      float gain = (rule.post().offset() + rule.post().slope() * w) * up;
      float loss = (rule.pre().offset() + rule.pre().slope() * w) * down;
      m[3][e] = active ? gain - loss : 0;
    } else if (operation.rule() instanceof MstdpetRule rule) {
      m[4][e] = m[4][e] * decay(rule.tauEligibility()) + m[3][e] / rule.tauEligibility();
      float change = rule.rate() * (reward * m[4][e]);
      m[0][e] = reward == 0 ? w : clamp(w + change, low, high);
      float gain = (rule.post().offset() + rule.post().slope() * w) * up;
      float loss = (rule.pre().offset() + rule.pre().slope() * w) * down;
      m[3][e] = active ? gain - loss : 0;
    }
  }
}
