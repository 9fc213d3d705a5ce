package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.velella.backend.NeuronBuffers.Source;
import org.velella.backend.PlasticSynapses;
import org.velella.backend.RuleKernels;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.module.MemorySpec;
import org.velella.synapse.Connectivity;
import org.velella.synapse.LearningRule;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestLearning;

/** Kernels of vectors beside those of single synapses, which the contract holds to their letter. */
class VectorRulesTest {
  private static final int BATCH = 2;

  /** Some fill no vector and are left over. */
  private static final int SOURCES = 70;

  private static final int TARGETS = 41;

  /** A density at which there is a matrix; learning at others has one kernel. */
  private static final double EVERY = 2;

  @Seeded(times = 2)
  void vectorsLearnTheBitsOfSingleSynapses(SplittableRandom random) {
    List<LearningRule> rules = new ArrayList<>(TestLearning.rules(random));
    rules.add(StdpRule.of(3, 4).bounds(0, 1));
    rules.add(MstdpRule.of(3, 4).bounds(-1, -0.0f));
    for (LearningRule rule : rules) {
      PlasticOperation operation = operation(random, rule);
      Tensor[] plain = memories(operation);
      Tensor[] vector = memories(operation);
      long seed = random.nextLong();
      run(operation, RuleKernels.PLAIN, plain, new SplittableRandom(seed));
      run(operation, VectorSynapses.rules(), vector, new SplittableRandom(seed));
      for (int m = 0; m < plain.length; m++) {
        assertThat(bits(vector[m])).as("%s, memory %d", rule, m).isEqualTo(bits(plain[m]));
      }
    }
  }

  private long now;
  private int readings;

  /** Watches for which a call takes so long, where a vector operation is to take 1 ns. */
  private Watches watches(long nanosPerCall) {
    return new Watches(
        () -> 1.0,
        () -> now,
        () -> {
          readings++;
          return now += nanosPerCall;
        },
        0,
        new ScalarKernels(),
        NeuronClasses.Kernel::probe);
  }

  /** Nobody is judged for twenty seconds; the third complaint counts. */
  @Seeded(times = 1)
  void aKernelThatAClockSaysIsSlowGivesWayToThatOfSingleSynapses(SplittableRandom random) {
    for (LearningRule rule : TestLearning.rules(random)) {
      PlasticOperation operation = operation(random, rule);
      Tensor[] plain = memories(operation);
      Tensor[] watched = memories(operation);
      Watches fast = watches(0);
      Watches slow = watches(1_000_000_000);
      for (Watches watches : List.of(fast, slow, slow)) {
        readings = 0;
        long seed = random.nextLong();
        run(operation, RuleKernels.PLAIN, plain, new SplittableRandom(seed));
        run(operation, new VectorRules(watches), watched, new SplittableRandom(seed));
        for (int m = 0; m < plain.length; m++) {
          assertThat(bits(watched[m])).as("%s, memory %d", rule, m).isEqualTo(bits(plain[m]));
        }
        // Two for each step of a sample, while it is timed.
        assertThat(readings).isLessThanOrEqualTo(2 * 12 * BATCH);
        if (watches == fast) {
          assertThat(readings).as("%s keeps its pace", rule).isEqualTo(2 * 12 * BATCH);
        }
      }
      assertThat(readings).as("%s, timed after it was given up", rule).isZero();
    }
  }

  /** The kernels of matrices and those of connectivities have no loop in common. */
  @Seeded
  void connectivitiesOfEveryPairLearnAsMatrices(SplittableRandom random) {
    for (LearningRule rule : TestLearning.rules(random)) {
      PlasticOperation matrix = operation(random, rule);
      PlasticOperation pairs = pairs(matrix);
      Tensor[] of = memories(matrix);
      Tensor[] same = memories(pairs);
      long seed = random.nextLong();
      run(matrix, RuleKernels.PLAIN, of, new SplittableRandom(seed));
      run(pairs, RuleKernels.PLAIN, same, new SplittableRandom(seed));
      for (int m = 0; m < of.length; m++) {
        boolean synapses = of[m].size() == BATCH * SOURCES * TARGETS;
        assertThat(bits(same[m]))
            .as("%s, memory %d", rule, m)
            .isEqualTo(bits(synapses ? bySource(of[m], BATCH) : of[m]));
      }
    }
  }

  private static PlasticOperation pairs(PlasticOperation matrix) {
    int[] offsets = IntStream.rangeClosed(0, SOURCES).map(k -> k * TARGETS).toArray();
    int[] columns = IntStream.range(0, SOURCES * TARGETS).map(e -> e % TARGETS).toArray();
    return new PlasticOperation(
        matrix.source(),
        matrix.target(),
        new Connectivity(TARGETS, offsets, columns),
        bySource(matrix.weight(), 1).reshape(Shape.of(SOURCES * TARGETS)),
        matrix.rule());
  }

  /** Numbers of {@code [targets, sources]}, of some samples, in the order of sources. */
  private static Tensor bySource(Tensor matrix, int samples) {
    float[] turned = new float[matrix.size()];
    for (int i = 0; i < turned.length; i++) {
      int within = i % (SOURCES * TARGETS);
      int from = within % TARGETS * SOURCES + within / TARGETS;
      turned[i] = matrix.floats()[i - within + from];
    }
    return Tensor.of(Shape.of(samples, SOURCES * TARGETS), turned);
  }

  /** Weights within the bounds, some of them on a bound, and zeros of both signs. */
  private static PlasticOperation operation(SplittableRandom random, LearningRule rule) {
    PlasticOperation drawn = TestLearning.operation(random, SOURCES, TARGETS, EVERY, unbound());
    Tensor weight = drawn.weight().copy();
    for (int e = 0; e < weight.size(); e++) {
      float within = rule.bounds().clamp(weight.floats()[e]);
      weight.floats()[e] = e % 7 == 0 ? 0.0f : e % 7 == 1 ? -0.0f : within;
    }
    return new PlasticOperation(drawn.source(), drawn.target(), drawn.connectivity(), weight, rule);
  }

  private static LearningRule unbound() {
    return StdpRule.of(2, 2);
  }

  private static Tensor[] memories(PlasticOperation operation) {
    return operation.memories(operation.source()).stream()
        .map(VectorRulesTest::ofAllSamples)
        .toArray(Tensor[]::new);
  }

  private static Tensor ofAllSamples(MemorySpec spec) {
    int size = spec.shape().size();
    Tensor all = Tensor.zeros(DType.FLOAT32, Shape.of(BATCH, size));
    for (int n = 0; n < BATCH; n++) {
      System.arraycopy(spec.initial().floats(), 0, all.floats(), n * size, size);
    }
    return all;
  }

  private static void run(
      PlasticOperation operation, RuleKernels kernels, Tensor[] memories, SplittableRandom random) {
    PlasticSynapses synapses = PlasticSynapses.of(operation, BATCH, kernels);
    List<Integer> ids = IntStream.range(0, memories.length).boxed().toList();
    for (int step = 0; step < 12; step++) {
      // Few spikes, none, many; signed; and steps without a reward.
      double rate = new double[] {0.02, 0, 0.3}[step % 3];
      Source pre = new Source(spikes(random, 1 + BATCH * SOURCES, rate), 1, 0);
      Source post = new Source(spikes(random, 2 + BATCH * TARGETS, rate), 2, 0);
      float[] rewards = {step % 4 == 0 ? 0 : (float) random.nextDouble(-1, 1), 0.5f};
      synapses.learn(List.of(pre, post, new Source(rewards, 0, 0)), ids, memories);
    }
  }

  private static float[] spikes(SplittableRandom random, int length, double rate) {
    float[] spikes = new float[length];
    for (int i = 0; i < length; i++) {
      spikes[i] = random.nextDouble() < rate ? 1 - random.nextInt(3) / 2.0f : -0.0f;
    }
    return spikes;
  }

  private static int[] bits(Tensor memory) {
    return IntStream.range(0, memory.size())
        .map(i -> Float.floatToIntBits(memory.floats()[i]))
        .toArray();
  }
}
