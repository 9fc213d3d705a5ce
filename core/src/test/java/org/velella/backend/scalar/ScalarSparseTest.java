package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;
import org.velella.testkit.Frames;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestSynapses;

class ScalarSparseTest {
  private static final int FRAMES = 4;

  private static int synapse(Connectivity synapses, int k, int o) {
    int[] offsets = synapses.offsets();
    return Arrays.binarySearch(synapses.columns(), offsets[k], offsets[k + 1], o);
  }

  @Seeded(times = 20)
  void everyTargetTakesItsTermsInTheOrderOfTheSources(SplittableRandom random) {
    int sources = TestLayers.between(random, 1, 60);
    int targets = TestLayers.between(random, 1, 60);
    Connectivity synapses =
        TestSynapses.connectivity(random, sources, targets, random.nextDouble());
    SparseOp op = TestSynapses.sparse(random, synapses);
    float[] x = TestInputs.sequence(random, FRAMES * sources, random.nextBoolean());
    float[] expected = new float[FRAMES * targets];
    for (int frame = 0; frame < FRAMES; frame++) {
      for (int o = 0; o < targets; o++) {
        float sum = 0;
        for (int k = 0; k < sources; k++) {
          int e = synapse(synapses, k, o);
          if (e >= 0) {
            sum = Math.fma(x[frame * sources + k], op.weight()[e], sum);
          }
        }
        expected[frame * targets + o] = sum + 0.0f;
      }
    }
    Frames.assertGives(expected, new ScalarSparse(op), FRAMES, x);
  }

  @Seeded(times = 20)
  void aSparseMatrixGivesTheBitsOfTheDenseOne(SplittableRandom random) {
    int sources = TestLayers.between(random, 1, 60);
    int targets = TestLayers.between(random, 1, 60);
    Connectivity synapses =
        TestSynapses.connectivity(random, sources, targets, random.nextDouble());
    SparseOp op = TestSynapses.sparse(random, synapses);
    float[] dense = new float[targets * sources];
    for (int k = 0; k < sources; k++) {
      for (int e = synapses.offsets()[k]; e < synapses.offsets()[k + 1]; e++) {
        dense[synapses.columns()[e] * sources + k] = op.weight()[e];
      }
    }
    float[] x = TestInputs.sequence(random, FRAMES * sources, false);
    float[] expected = new float[FRAMES * targets];
    LinearOp linear = new LinearOp("node", 0, 1, 1, sources, targets, dense, null);
    new ScalarLinear(linear).run(FRAMES, x, 0, expected, 0);
    Frames.assertGives(expected, new ScalarSparse(op), FRAMES, x);
  }

  @Seeded(times = 20)
  void spikesAreCountedExactlyAndWeighedOnce(SplittableRandom random) {
    int sources = TestLayers.between(random, 1, 60);
    int targets = TestLayers.between(random, 1, 60);
    Connectivity synapses =
        TestSynapses.connectivity(random, sources, targets, random.nextDouble());
    EqualWeightOp op = TestSynapses.equalWeight(random, synapses);
    float[] x = new float[FRAMES * sources];
    int most = random.nextInt(3) == 0 ? 32768 : 1;
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(most == 1 ? 0 : -most, most + 1);
    }
    float[] expected = new float[FRAMES * targets];
    for (int frame = 0; frame < FRAMES; frame++) {
      for (int o = 0; o < targets; o++) {
        long count = 0;
        for (int k = 0; k < sources; k++) {
          count += synapse(synapses, k, o) < 0 ? 0 : (long) x[frame * sources + k];
        }
        expected[frame * targets + o] = op.weight() * (float) count + 0.0f;
      }
    }
    Frames.assertGives(expected, new ScalarEqualWeight(op), FRAMES, x);
  }

  @Test
  void inputsThatAreNoNumberOfSpikesAreRefused() {
    Connectivity synapses = new Connectivity(1, new int[] {0, 1, 2}, new int[] {0, 0});
    EqualWeightOp op = new EqualWeightOp("ex", 0, 1, synapses, 0.5f);
    ScalarEqualWeight kernel = new ScalarEqualWeight(op);
    for (float wrong : new float[] {0.5f, Float.NaN, Float.NEGATIVE_INFINITY, 32769, 1e30f}) {
      assertThatThrownBy(() -> kernel.run(1, new float[] {1, wrong}, 0, new float[1], 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'ex'")
          .hasMessageContaining("found " + wrong + " from source 1");
    }
    float[] out = new float[1];
    kernel.run(1, new float[] {32768, -1}, 0, out, 0);
    assertThat(out).containsExactly(16383.5f);
  }
}
