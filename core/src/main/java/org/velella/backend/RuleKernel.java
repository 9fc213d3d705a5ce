package org.velella.backend;

/** A learning rule at work, one sample and step at a time. */
abstract class RuleKernel {
  final SynapsePlaces places;

  /**
   * The spikes of the step: of source k at {@code pre[x + k]}, of target o at {@code post[s + o]}.
   */
  float[] pre;

  int x;
  float[] post;
  int s;

  float[] weight;
  float[] tracePre;
  float[] tracePost;

  /** Where the sample's numbers begin in memories of synapses, of sources and of targets. */
  int synapses;

  int sources;
  int targets;

  RuleKernel(SynapsePlaces places) {
    this.places = places;
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

  /** Learns, and goes on with the traces. */
  abstract void learn(float reward);

  /** What a synapse does in a step with a spike at one of its ends. */
  void change(int slot, int source, int target) {
    throw new UnsupportedOperationException("This rule visits all synapses");
  }

  /** Visits every synapse with a spike at one of its ends, or at both, once. */
  final void visitActive() {
    for (int o = 0; o < places.targets(); o++) {
      if (post[s + o] != 0) {
        for (int c = places.columns()[o]; c < places.columns()[o + 1]; c++) {
          change(synapses + places.slotByTarget()[c], places.sourceOf()[c], o);
        }
      }
    }
    for (int k = 0; k < places.sources(); k++) {
      if (pre[x + k] != 0) {
        for (int e = places.rows()[k]; e < places.rows()[k + 1]; e++) {
          int o = places.targetOf()[e];
          if (post[s + o] == 0) {
            change(synapses + places.slot()[e], k, o);
          }
        }
      }
    }
  }
}
