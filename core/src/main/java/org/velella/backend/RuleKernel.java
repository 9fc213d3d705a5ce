package org.velella.backend;

import java.util.Arrays;

/**
 * A learning rule at work, one sample and step at a time. Each synapse computes on its own, so that
 * the order of visiting them cannot show.
 */
public abstract class RuleKernel {
  /** How many targets of a matrix are summed together, so that one sum need not wait for itself. */
  private static final int TOGETHER = 4;

  /** Which synapses there are. */
  protected final SynapsePlaces places;

  /** The spikes of the sources: that of source k at {@code pre[x + k]}. */
  protected float[] pre;

  /** Where the sample's begin in {@link #pre}. */
  protected int x;

  /** The spikes of the targets: that of target o at {@code post[s + o]}. */
  protected float[] post;

  /** Where the sample's begin in {@link #post}. */
  protected int s;

  /** The memory of the weights. */
  protected float[] weight;

  /** The memory of the pre spikes. */
  protected float[] tracePre;

  /** The memory of the post spikes. */
  protected float[] tracePost;

  /** Where the sample's numbers begin in memories of synapses. */
  protected int synapses;

  /** Where they begin in memories of sources. */
  protected int sources;

  /** Where they begin in memories of targets. */
  protected int targets;

  private final int[] active;

  RuleKernel(SynapsePlaces places) {
    this.places = places;
    active = new int[places.sources()];
  }

  /** Takes what the next step of a sample is made of. */
  void sample(float[][] memories, int n, float[] pre, int x, float[] post, int s) {
    this.pre = pre;
    this.x = x;
    this.post = post;
    this.s = s;
    weight = memories[0];
    tracePre = memories[1];
    tracePost = memories[2];
    synapses = n * places.count();
    sources = n * places.sources();
    targets = n * places.targets();
  }

  /**
   * Learns, and goes on with the traces.
   *
   * @param rewards those of the sample from {@code from} on; null without
   */
  abstract void learn(float[] rewards, int from);

  /**
   * What a synapse does in a step with a spike at one of its ends.
   *
   * @param slot the place of its numbers in memories of synapses
   */
  protected abstract void change(int slot, int source, int target);

  /** Changes every synapse with a spike at one of its ends, or at both, once. */
  protected void visitActive() {
    if (places.all()) {
      int spikes = listActive(pre, x, places.sources());
      for (int o = 0; o < places.targets(); o++) {
        visitTarget(o, spikes);
      }
      return;
    }
    for (int o = 0; o < places.targets(); o++) {
      if (post[s + o] != 0) {
        for (int c = places.columns[o]; c < places.columns[o + 1]; c++) {
          change(synapses + places.slotByTarget[c], places.sourceOf[c], o);
        }
      }
    }
    for (int k = 0; k < places.sources(); k++) {
      if (pre[x + k] != 0) {
        for (int e = places.rows[k]; e < places.rows[k + 1]; e++) {
          int o = places.targetOf[e];
          if (post[s + o] == 0) {
            change(synapses + e, k, o);
          }
        }
      }
    }
  }

  private void visitTarget(int o, int spikes) {
    boolean fires = post[s + o] != 0;
    int row = synapses + o * places.sources();
    int count = fires ? places.sources() : spikes;
    for (int i = 0; i < count; i++) {
      int k = fires ? i : active[i];
      change(row + k, k, o);
    }
  }

  private int listActive(float[] in, int from, int sources) {
    int count = 0;
    for (int k = 0; k < sources; k++) {
      if (in[from + k] != 0) {
        active[count++] = k;
      }
    }
    return count;
  }

  /**
   * One step of a sample's output.
   *
   * @param in what the sources send, from {@code from} on
   * @param weights the memory of the weights, the sample's from {@code base} on
   * @param out takes what the targets get, from {@code to} on
   */
  void send(float[] in, int from, float[] weights, int base, float[] out, int to) {
    if (places.rows == null) {
      int width = places.sources() / places.sharers();
      int height = places.targets() / places.sharers();
      for (int row = 0; row < places.sharers(); row++) {
        sendAll(in, from + row * width, width, weights, base, out, to + row * height, height);
      }
      return;
    }
    Arrays.fill(out, to, to + places.targets(), 0.0f);
    for (int k = 0; k < places.sources(); k++) {
      float sent = in[from + k];
      if (sent != 0) {
        for (int e = places.rows[k]; e < places.rows[k + 1]; e++) {
          int o = to + places.targetOf[e];
          out[o] = Math.fma(sent, weights[base + e], out[o]);
        }
      }
    }
    for (int o = to; o < to + places.targets(); o++) {
      out[o] += 0.0f;
    }
  }

  private void sendAll(
      float[] in,
      int from,
      int width,
      float[] weights,
      int base,
      float[] out,
      int to,
      int targets) {
    int spikes = listActive(in, from, width);
    int o = 0;
    for (; o + TOGETHER <= targets; o += TOGETHER) {
      int row = base + o * width;
      float a = 0;
      float b = 0;
      float c = 0;
      float d = 0;
      for (int i = 0; i < spikes; i++) {
        int k = active[i];
        float sent = in[from + k];
        a = Math.fma(sent, weights[row + k], a);
        b = Math.fma(sent, weights[row + width + k], b);
        c = Math.fma(sent, weights[row + 2 * width + k], c);
        d = Math.fma(sent, weights[row + 3 * width + k], d);
      }
      out[to + o] = a + 0.0f;
      out[to + o + 1] = b + 0.0f;
      out[to + o + 2] = c + 0.0f;
      out[to + o + 3] = d + 0.0f;
    }
    for (; o < targets; o++) {
      float sum = 0;
      for (int i = 0; i < spikes; i++) {
        int k = active[i];
        sum = Math.fma(in[from + k], weights[base + o * width + k], sum);
      }
      out[to + o] = sum + 0.0f;
    }
  }
}
