package org.velella.backend.vector;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.velella.backend.NeuronBuffers.Source;
import org.velella.backend.PlasticSynapses;
import org.velella.backend.RuleKernels;
import org.velella.module.MemorySpec;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PairRule;
import org.velella.synapse.PlasticOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * 50 steps of learning in a matrix of 784 by 400 synapses, 5 % of whose sources and 2 % of whose
 * targets fire, in vectors and synapse by synapse; both give memories of the same bits.
 */
final class LearningTwins {
  static final int SOURCES = 784;
  static final int TARGETS = 400;
  static final int STEPS = 50;

  /** What changes of pairs are multiplied by, and what bounds weights on both sides. */
  static final float RATE = 0.01f;

  static final float BOUND = 1;

  final LearningRule rule;
  final float[] initial = SynapseTwins.numbers(SOURCES * TARGETS, 4);
  final float[] pre = spikes(STEPS * SOURCES, 1, 0.05f);
  final float[] post = spikes(STEPS * TARGETS, 2, 0.02f);
  private final float[] reward = SynapseTwins.numbers(STEPS, 3);
  private final Twin vector;
  private final Twin plain;

  /** What one kind of kernel makes of the memories. */
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

  LearningTwins(String kind) {
    Map<String, Float> numbers = new HashMap<>(Map.of("low", -BOUND, "high", BOUND));
    if (LearningRule.of(kind, numbers) instanceof PairRule<?>) {
      numbers.put("rate", RATE);
    }
    rule = LearningRule.of(kind, numbers);
    Tensor weights = Tensor.of(Shape.of(TARGETS, SOURCES), initial);
    PlasticOperation operation =
        new PlasticOperation(Shape.of(SOURCES), Shape.of(TARGETS), null, weights, rule);
    vector = Twin.of(operation, VectorSynapses.rules());
    plain = Twin.of(operation, RuleKernels.PLAIN);
    vector();
    plain();
    for (int m = 0; m < plain.memories.length; m++) {
      String what = kind + ", memory " + m;
      Twins.requireBits(what, plain.memories[m].floats(), vector.memories[m].floats());
    }
  }

  private static float[] spikes(int length, int seed, float rate) {
    float[] spikes = new float[length];
    for (int i = 0; i < length; i++) {
      spikes[i] = SynapseTwins.uniform(i, seed) < rate ? 1 : 0;
    }
    return spikes;
  }

  Object vector() {
    return learn(vector);
  }

  Object plain() {
    return learn(plain);
  }

  private Object learn(Twin twin) {
    for (int t = 0; t < STEPS; t++) {
      Source from = new Source(pre, t * SOURCES, 0);
      Source to = new Source(post, t * TARGETS, 0);
      twin.synapses.learn(List.of(from, to, new Source(reward, t, 0)), twin.ids, twin.memories);
    }
    return twin;
  }

  /** The weights of the plain twin. */
  float[] weights() {
    for (Tensor memory : plain.memories) {
      if (memory.size() == initial.length) {
        return memory.floats();
      }
    }
    throw new IllegalStateException("no memory of " + initial.length + " weights");
  }
}
