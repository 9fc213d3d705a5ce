package org.velella.backend.vector;

/**
 * Visits the synapses of a matrix that have a spike at one of their ends, row by row. Where the
 * target has one, these are the whole row; where only sources have, their synapses are brought
 * together first, so that vectors are full of them.
 */
final class ActiveRows {
  /** About what the rules here do with a vector of synapses, loads and the store among them. */
  private static final int PER_VECTOR = 20;

  /** What looking at a target takes. */
  private static final int PER_ROW = 16;

  /** What bringing a synapse to the others and back takes. */
  private static final int PER_SYNAPSE = 5;

  /** A synapse alone brings others that lie beside it to the cache. */
  private static final int LINE_BYTES = 64;

  private final int sources;
  private final int[] active;
  private final float[] weights;
  private final float[] results;
  private final Ends all = new Ends();
  private final Ends some = new Ends();
  private int count;
  private double operations;
  private double bytes;

  /** What the sources of some synapses have, one number after the other. */
  static final class Ends {
    /** Their spikes. */
    float[] pre;

    /** Where those begin. */
    int x;

    /** Their traces. */
    float[] trace;

    /** Their slow traces; null for a rule without. */
    float[] slow;

    /** Where traces and slow traces begin. */
    int at;
  }

  /** What is done with synapses. */
  interface Kernel {
    /**
     * Takes synapses to one target.
     *
     * @param o the target
     * @param weight their weights, from {@code w} on
     * @param out takes their results, from {@code to} on; may be their weights
     * @param count how many: a multiple of the lanes
     */
    void run(int o, Ends ends, float[] weight, int w, float[] out, int to, int count);

    /** Takes the synapse of source k to target o. */
    void one(int k, int o);
  }

  ActiveRows(int sources) {
    this.sources = sources;
    active = new int[sources];
    int length = Lanes.roundUp(sources);
    weights = new float[length];
    results = new float[length];
    some.pre = new float[length];
    some.trace = new float[length];
    some.slow = new float[length];
  }

  /**
   * Takes the sources of a step.
   *
   * @param pre their spikes from {@code x} on
   * @param trace their traces from {@code at} on
   * @param slow their slow traces; null for a rule without
   */
  void take(float[] pre, int x, float[] trace, float[] slow, int at) {
    all.pre = pre;
    all.x = x;
    all.trace = trace;
    all.slow = slow;
    all.at = at;
    count = 0;
    operations = sources;
    bytes = 3.0 * sources * Float.BYTES;
    for (int k = 0; k < sources; k++) {
      if (pre[x + k] != 0) {
        some.pre[count] = pre[x + k];
        some.trace[count] = trace[at + k];
        some.slow[count] = slow == null ? 0 : slow[at + k];
        active[count++] = k;
      }
    }
  }

  /**
   * Visits what is active in a row.
   *
   * @param o the target
   * @param spike of the target
   * @param weight the row's weights, from {@code w} on
   * @param out takes the results of those that are visited, from {@code to} on
   */
  void visit(int o, float spike, float[] weight, int w, float[] out, int to, Kernel kernel) {
    operations += PER_ROW;
    if (spike != 0) {
      int end = sources - sources % Lanes.COUNT;
      kernel.run(o, all, weight, w, out, to, end);
      operations += PER_VECTOR * (double) (end / Lanes.COUNT + sources - end);
      bytes += 2.0 * sources * Float.BYTES;
      for (int k = end; k < sources; k++) {
        kernel.one(k, o);
      }
    } else if (count > 0) {
      for (int i = 0; i < count; i++) {
        weights[i] = weight[w + active[i]];
      }
      kernel.run(o, some, weights, 0, results, 0, Lanes.roundUp(count));
      for (int i = 0; i < count; i++) {
        out[to + active[i]] = results[i];
      }
      int vectors = Lanes.roundUp(count) / Lanes.COUNT;
      operations += PER_SYNAPSE * (double) count + PER_VECTOR * (double) vectors;
      bytes += 2.0 * count * LINE_BYTES;
    }
  }

  /** About how many vector operations the visits of this step needed. */
  double operations() {
    return operations;
  }

  /** About how many bytes they read and wrote. */
  double bytes() {
    return bytes;
  }
}
