package org.velella.backend;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.Stage;
import org.velella.synapse.Connectivity;
import org.velella.synapse.LearningRule;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;
import org.velella.tensor.Tensor;

/**
 * Synapses that learn, on the Java heap: what they send in a step, and what they learn then. Each
 * synapse computes on its own, so that the order of visiting them cannot show.
 */
public final class PlasticSynapses {
  private final int batch;
  private final LearningRule rule;
  private final SynapsePlaces places;
  private final RuleKernel kernel;

  private PlasticSynapses(int batch, LearningRule rule, SynapsePlaces places) {
    this.batch = batch;
    this.rule = rule;
    this.places = places;
    kernel = kernel(rule, places);
  }

  /** Those of a plan by their operations, which are compared by identity. */
  public static Map<PlasticOperation, PlasticSynapses> of(Plan plan) {
    Map<PlasticOperation, PlasticSynapses> all = new IdentityHashMap<>();
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof PlasticOp plastic) {
          PlasticOperation operation = plastic.operation();
          SynapsePlaces places = places(operation);
          all.put(operation, new PlasticSynapses(plan.batch(), operation.rule(), places));
        }
      }
    }
    return all;
  }

  private static SynapsePlaces places(PlasticOperation operation) {
    Connectivity connectivity = operation.connectivity();
    return connectivity == null
        ? SynapsePlaces.all(operation.source().size(), operation.target().size())
        : SynapsePlaces.of(connectivity);
  }

  /** The same synapses for one more tile, which one thread runs. */
  public PlasticSynapses tile() {
    return new PlasticSynapses(batch, rule, places);
  }

  private static RuleKernel kernel(LearningRule rule, SynapsePlaces places) {
    if (rule instanceof StdpRule stdp) {
      return new StdpKernel(stdp, places);
    }
    if (rule instanceof TripletStdpRule triplet) {
      return new TripletKernel(triplet, places);
    }
    return rule instanceof MstdpRule mstdp
        ? new RewardKernel(mstdp, places)
        : new RewardKernel((MstdpetRule) rule, places);
  }

  /**
   * One step of output.
   *
   * @param in {@code [N, sources]} from {@code from} on
   * @param weights the memory of the weights
   * @param out takes {@code [N, targets]} from {@code to} on
   */
  public void send(float[] in, int from, float[] weights, float[] out, int to) {
    Arrays.fill(out, to, to + batch * places.targets(), 0.0f);
    for (int n = 0; n < batch; n++) {
      int first = to + n * places.targets();
      int base = n * places.count();
      for (int k = 0; k < places.sources(); k++) {
        float x = in[from + n * places.sources() + k];
        if (x != 0) {
          for (int e = places.rows()[k]; e < places.rows()[k + 1]; e++) {
            int o = first + places.targetOf()[e];
            out[o] = Math.fma(x, weights[base + places.slot()[e]], out[o]);
          }
        }
      }
      for (int o = first; o < first + places.targets(); o++) {
        out[o] += 0.0f;
      }
    }
  }

  /**
   * What they learn in a step.
   *
   * @param inputs {@code pre} {@code [N, sources]}, {@code post} {@code [N, targets]} and, for
   *     rules that need it, {@code reward} {@code [N, 1]}, each from its own place
   * @param ids the numbers of their memories in {@code tile}
   * @param tile all memories of the plan; those are changed
   */
  public void learn(List<NeuronBuffers.Source> inputs, List<Integer> ids, Tensor[] tile) {
    float[][] memories = new float[ids.size()][];
    for (int m = 0; m < memories.length; m++) {
      memories[m] = tile[ids.get(m)].floats();
    }
    NeuronBuffers.Source pre = inputs.get(0);
    NeuronBuffers.Source post = inputs.get(1);
    for (int n = 0; n < batch; n++) {
      int x = pre.offset() + n * places.sources();
      int s = post.offset() + n * places.targets();
      float reward = inputs.size() > 2 ? inputs.get(2).in()[inputs.get(2).offset() + n] : 0;
      kernel.sample(memories, n, pre.in(), x, post.in(), s);
      kernel.learn(reward);
    }
  }
}
