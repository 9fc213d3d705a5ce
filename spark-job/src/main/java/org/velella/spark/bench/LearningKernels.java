package org.velella.spark.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.velella.backend.NeuronBuffers.Source;
import org.velella.backend.PlasticSynapses;
import org.velella.backend.RuleKernels;
import org.velella.backend.vector.VectorSynapses;
import org.velella.module.MemorySpec;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PairRule;
import org.velella.synapse.PlasticOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Some steps of learning in a matrix of synapses, 5 % of whose sources and 2 % of whose targets
 * fire, with vectors, one synapse at a time, and copies of what the rule keeps of each synapse.
 */
final class LearningKernels implements Runnable {
  private static final int SOURCES = 784;
  private static final int TARGETS = 400;
  private static final int STEPS = 50;
  private static final int SEED = 61;

  private final LearningRule rule;
  private final PlasticOperation operation;
  private final Twin vector;
  private final Twin plain;
  private final float[] pre = spikes(STEPS * SOURCES, SEED, 0.05f);
  private final float[] post = spikes(STEPS * TARGETS, SEED + 1, 0.02f);
  private final float[] reward = Hash.floats(STEPS, SEED + 2, 2, -1);
  private final float[] from = new float[SOURCES * TARGETS];
  private final float[] to = new float[SOURCES * TARGETS];

  /** What one kind of kernel has made of the weights. */
  private record Twin(PlasticSynapses synapses, Tensor[] memories, List<Integer> ids) {
    static Twin of(PlasticOperation operation, RuleKernels kernels) {
      Tensor[] memories =
          operation.memories(operation.source()).stream()
              .map(MemorySpec::initial)
              .map(Tensor::copy)
              .toArray(Tensor[]::new);
      List<Integer> ids = IntStream.range(0, memories.length).boxed().toList();
      return new Twin(PlasticSynapses.of(operation, 1, kernels), memories, ids);
    }
  }

  LearningKernels(LearningRule rule) {
    this.rule = rule;
    float[] weights = Hash.floats(SOURCES * TARGETS, SEED + 3, 2, -1);
    Shape matrix = Shape.of(TARGETS, SOURCES);
    operation =
        new PlasticOperation(
            Shape.of(SOURCES), Shape.of(TARGETS), null, Tensor.of(matrix, weights), rule);
    vector = Twin.of(operation, VectorSynapses.rules());
    plain = Twin.of(operation, RuleKernels.PLAIN);
  }

  /** One rule of each kind, with small steps and bounds that some weights reach. */
  static List<LearningRule> rules() {
    return LearningRule.kinds().stream().map(LearningKernels::rule).toList();
  }

  private static LearningRule rule(String kind) {
    Map<String, Float> numbers = new HashMap<>(Map.of("low", -1f, "high", 1f));
    if (LearningRule.of(kind, numbers) instanceof PairRule<?>) {
      numbers.put("rate", 0.01f);
    }
    return LearningRule.of(kind, numbers);
  }

  private static float[] spikes(int length, int seed, float rate) {
    float[] values = Hash.floats(length, seed, 1, 0);
    for (int i = 0; i < length; i++) {
      values[i] = values[i] < rate ? 1 : 0;
    }
    return values;
  }

  @Override
  public void run() {
    learn(vector);
  }

  /** The same steps, one synapse at a time. */
  void plain() {
    learn(plain);
  }

  private void learn(Twin twin) {
    for (int t = 0; t < STEPS; t++) {
      Source x = new Source(pre, t * SOURCES, 0);
      Source s = new Source(post, t * TARGETS, 0);
      twin.synapses.learn(List.of(x, s, new Source(reward, t, 0)), twin.ids, twin.memories);
    }
  }

  /** Copies as many numbers as there are of all synapses, in each step. */
  void copy() {
    for (int step = 0; step < STEPS * (1 + rule.synapseMemories().size()); step++) {
      System.arraycopy(from, 0, to, 0, to.length);
    }
  }

  double synapseSteps() {
    return (double) STEPS * SOURCES * TARGETS;
  }

  /** From the beginning, both kernels must give memories of the same bits. */
  String check() {
    Twin one = Twin.of(operation, VectorSynapses.rules());
    Twin other = Twin.of(operation, RuleKernels.PLAIN);
    learn(one);
    learn(other);
    double sum = 0;
    for (int m = 0; m < one.memories.length; m++) {
      float[] found = one.memories[m].floats();
      float[] expected = other.memories[m].floats();
      for (int i = 0; i < found.length; i++) {
        if (Float.floatToIntBits(found[i]) != Float.floatToIntBits(expected[i])) {
          throw new WrongAnswerException(
              "%s, memory %d, element %d: expected %s, found %s"
                  .formatted(rule.kind(), m, i, expected[i], found[i]));
        }
        sum += found[i];
      }
    }
    return String.format(Locale.ROOT, "%.4f", sum);
  }
}
