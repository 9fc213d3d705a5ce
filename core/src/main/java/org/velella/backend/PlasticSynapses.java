package org.velella.backend;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.Stage;
import org.velella.plan.TileParameters;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.tensor.Tensor;

/** Synapses that learn, on the Java heap: what they send in a step, and what they learn then. */
public final class PlasticSynapses {
  private final int batch;
  private final LearningRule rule;
  private final SynapsePlaces places;
  private final RuleKernels kernels;

  /** For each sample the kernel of its rule; samples with the same rule share one. */
  private final RuleKernel[] each;

  private PlasticSynapses(
      int batch,
      LearningRule rule,
      List<LearningRule> rules,
      SynapsePlaces places,
      RuleKernels kernels) {
    this.batch = batch;
    this.rule = rule;
    this.places = places;
    this.kernels = kernels;
    Map<LearningRule, RuleKernel> made = new IdentityHashMap<>();
    each = new RuleKernel[batch];
    for (int n = 0; n < batch; n++) {
      each[n] = made.computeIfAbsent(rules.get(n), one -> kernels.of(one, places));
    }
  }

  /** Those of a plan by their operations, which are compared by identity. */
  public static Map<PlasticOperation, PlasticSynapses> of(Plan plan, RuleKernels kernels) {
    Map<PlasticOperation, PlasticSynapses> all = new IdentityHashMap<>();
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof PlasticOp plastic) {
          all.put(plastic.operation(), of(plastic.operation(), plan.batch(), kernels));
        }
      }
    }
    return all;
  }

  /** Those of an operation in tiles of {@code batch} samples, which all learn by its rule. */
  public static PlasticSynapses of(PlasticOperation operation, int batch, RuleKernels kernels) {
    SynapsePlaces places = SynapsePlaces.of(operation);
    List<LearningRule> same = Collections.nCopies(batch, operation.rule());
    return new PlasticSynapses(batch, operation.rule(), same, places, kernels);
  }

  /**
   * The same synapses for one more tile, which one thread runs.
   *
   * @param op whose synapses these are
   * @param parameters numbers of the rule that differ between samples
   */
  public PlasticSynapses tile(PlasticOp op, TileParameters parameters) {
    return new PlasticSynapses(batch, rule, op.rules(batch, parameters), places, kernels);
  }

  /**
   * One step of output.
   *
   * @param in {@code [N, sources]} from {@code from} on
   * @param weights the memory of the weights
   * @param out takes {@code [N, targets]} from {@code to} on
   */
  public void send(float[] in, int from, float[] weights, float[] out, int to) {
    for (int n = 0; n < batch; n++) {
      int first = from + n * places.sources();
      each[n].send(in, first, weights, n * places.count(), out, to + n * places.targets());
    }
  }

  /**
   * What they learn in a step.
   *
   * @param inputs {@code pre} {@code [N, sources]}, {@code post} {@code [N, targets]} and, for
   *     rules that need it, {@code reward} {@code [N, 1]}, or one for each row that shares weights,
   *     each from its own place
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
      each[n].sample(memories, n, pre.in(), x, post.in(), s);
      NeuronBuffers.Source reward = rule.rewarded() ? inputs.get(2) : null;
      each[n].learn(
          reward == null ? null : reward.in(),
          reward == null ? 0 : reward.offset() + n * places.sharers());
    }
  }
}
