package org.velella.spark.bench;

import org.velella.encoding.PoissonCounts;
import org.velella.network.Network;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;

/**
 * Brunel's network as one would write it down: a list of targets for each neuron, a ring of what is
 * on its way, and one loop over neurons. It counts spikes where it could as well add weights, and
 * computes in the network's order, so that its answer is the same bit for bit.
 */
final class PlainBrunel {
  private static final int DELAY = 15;
  private static final int REFRACTORY = 20;
  private static final float THRESHOLD = 20;
  private static final float RESET = 10;
  private static final float DECAY = (float) Math.exp(-0.1 / 20);
  private static final float WEIGHT = 0.1f;

  /** Where the random words of a step come from: one for each neuron, excitatory ones first. */
  interface Words {
    void draw(int step, int[] words);
  }

  private final int excitatory;
  private final int neurons;
  private final int[] offsets;
  private final int[] columns;
  private final float[] starts;
  private final float weightOfInhibition;

  /**
   * The connectivity of a network.
   *
   * @param starts the neurons' first potentials, excitatory ones first
   */
  PlainBrunel(Network network, float[] starts) {
    EqualWeightOperation[] of = {
      projection(network, "ee"), projection(network, "ei"),
      projection(network, "ie"), projection(network, "ii")
    };
    excitatory = of[0].connectivity().sources();
    neurons = excitatory + of[1].connectivity().targets();
    this.starts = starts.clone();
    weightOfInhibition = of[2].weight();
    offsets = new int[neurons + 1];
    int synapses = 0;
    for (EqualWeightOperation each : of) {
      synapses += each.connectivity().synapses();
    }
    columns = new int[synapses];
    for (int k = 0; k < neurons; k++) {
      int pair = k < excitatory ? 0 : 2;
      int row = k < excitatory ? k : k - excitatory;
      int at = copy(of[pair].connectivity(), row, 0, offsets[k]);
      offsets[k + 1] = copy(of[pair + 1].connectivity(), row, excitatory, at);
    }
  }

  private static EqualWeightOperation projection(Network network, String name) {
    return (EqualWeightOperation) network.node(name).operation();
  }

  private int copy(Connectivity from, int row, int firstTarget, int at) {
    int to = at;
    for (int e = from.offsets()[row]; e < from.offsets()[row + 1]; e++) {
      columns[to++] = firstTarget + from.columns()[e];
    }
    return to;
  }

  int neurons() {
    return neurons;
  }

  /** How many spikes each neuron sends within some steps. */
  int[] run(int steps, float scale, PoissonCounts drive, Words source) {
    int[] spikes = new int[neurons];
    int[] words = new int[neurons];
    int[] fired = new int[neurons];
    int[][] exc = new int[DELAY + 1][neurons];
    int[][] inh = new int[DELAY + 1][neurons];
    float[] v = starts.clone();
    int[] left = new int[neurons];
    for (int t = 0; t < steps; t++) {
      source.draw(t, words);
      int slot = t % (DELAY + 1);
      int count = update(words, drive, scale, exc[slot], inh[slot], v, left, fired);
      int later = (t + DELAY) % (DELAY + 1);
      for (int i = 0; i < count; i++) {
        int k = fired[i];
        spikes[k]++;
        send(columns, offsets[k], offsets[k + 1], k < excitatory ? exc[later] : inh[later]);
      }
    }
    return spikes;
  }

  private int update(
      int[] words,
      PoissonCounts drive,
      float scale,
      int[] exc,
      int[] inh,
      float[] v,
      int[] left,
      int[] fired) {
    int count = 0;
    for (int i = 0; i < neurons; i++) {
      float recurrent = WEIGHT * exc[i] + scale * (weightOfInhibition * inh[i]);
      float x = recurrent + WEIGHT * drive.count(words[i]);
      exc[i] = 0;
      inh[i] = 0;
      if (left[i] > 0) {
        left[i]--;
        continue;
      }
      float h = v[i] * DECAY + x;
      if (h >= THRESHOLD) {
        fired[count++] = i;
        left[i] = REFRACTORY;
        h = RESET;
      }
      v[i] = h;
    }
    return count;
  }

  private static void send(int[] columns, int begin, int end, int[] arriving) {
    for (int e = begin; e < end; e++) {
      arriving[columns[e]]++;
    }
  }
}
