package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestSynapses;

class VectorSparseTest {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 127, 128, 129, 257, 513};
  private static final double[] DENSITIES = {0, 0.005, 0.02, 0.1, 0.5, 1};

  private static int pick(SplittableRandom random, int[] from) {
    return from[random.nextInt(from.length)];
  }

  @Seeded(times = 4)
  void weightsOfTheirOwn(SplittableRandom random) {
    for (double connected : DENSITIES) {
      for (double active : DENSITIES) {
        int sources = pick(random, SIZES);
        Connectivity synapses =
            TestSynapses.connectivity(random, sources, pick(random, SIZES), connected);
        int frames = 1 + random.nextInt(3);
        float[] spikes = KernelTwins.spikes(random, active, frames * sources);
        KernelTwins.assertSame(TestSynapses.sparse(random, synapses), frames, spikes);
        float[] graded = KernelTwins.graded(random, active, frames * sources);
        KernelTwins.assertSame(TestSynapses.sparse(random, synapses), frames, graded);
        float[] special = TestInputs.sequence(random, frames * sources, true);
        KernelTwins.assertSame(TestSynapses.sparse(random, synapses), frames, special);
      }
    }
  }

  @Seeded
  void allToAllWithoutOneself(SplittableRandom random) {
    for (int size : SIZES) {
      Connectivity synapses = pairs(size, false);
      float[] spikes = KernelTwins.spikes(random, 0.3, 2 * size);
      KernelTwins.assertSame(TestSynapses.sparse(random, synapses), 2, spikes);
      float[] graded = KernelTwins.graded(random, 0.3, 2 * size);
      KernelTwins.assertSame(TestSynapses.sparse(random, synapses), 2, graded);
    }
  }

  @Seeded
  void oneToOne(SplittableRandom random) {
    for (int size : SIZES) {
      SparseOp op = TestSynapses.sparse(random, pairs(size, true));
      KernelTwins.assertSame(op, 2, KernelTwins.spikes(random, 0.5, 2 * size));
      KernelTwins.assertSame(op, 2, KernelTwins.graded(random, 0.5, 2 * size));
      KernelTwins.assertSame(op, 2, TestInputs.sequence(random, 2 * size, true));
      op.weight()[random.nextInt(size)] = Float.POSITIVE_INFINITY;
      KernelTwins.assertSame(op, 2, KernelTwins.graded(random, 0.5, 2 * size));
    }
  }

  /** Each source with the target of its own number, or with all others. */
  private static Connectivity pairs(int size, boolean own) {
    int[] offsets = new int[size + 1];
    List<Integer> columns = new ArrayList<>();
    for (int k = 0; k < size; k++) {
      for (int o = 0; o < size; o++) {
        if (k == o == own) {
          columns.add(o);
        }
      }
      offsets[k + 1] = columns.size();
    }
    return new Connectivity(size, offsets, columns.stream().mapToInt(o -> o).toArray());
  }

  @Seeded(times = 4)
  void equalWeights(SplittableRandom random) {
    for (double connected : DENSITIES) {
      for (double active : DENSITIES) {
        int sources = pick(random, SIZES);
        Connectivity synapses =
            TestSynapses.connectivity(random, sources, pick(random, SIZES), connected);
        int frames = 1 + random.nextInt(3);
        EqualWeightOp op = TestSynapses.equalWeight(random, synapses);
        float[] spikes = KernelTwins.spikes(random, active, frames * sources);
        KernelTwins.assertSame(op, frames, spikes);
        float[] several = new float[frames * sources];
        for (int i = 0; i < several.length; i++) {
          several[i] = random.nextDouble() < active ? random.nextInt(-2, 5) : 0;
        }
        KernelTwins.assertSame(op, frames, several);
      }
    }
  }

  @Seeded
  void moreTargetsThan16BitsHold(SplittableRandom random) {
    Connectivity synapses = TestSynapses.connectivity(random, 7, 70_000, 0.015);
    float[] spikes = KernelTwins.spikes(random, 0.5, 2 * 7);
    KernelTwins.assertSame(TestSynapses.sparse(random, synapses), 2, spikes);
    KernelTwins.assertSame(TestSynapses.equalWeight(random, synapses), 2, spikes);
  }

  @Seeded
  void longRows(SplittableRandom random) {
    Connectivity synapses = TestSynapses.connectivity(random, 30, 20_000, 0.1);
    float[] spikes = KernelTwins.spikes(random, 0.5, 2 * 30);
    KernelTwins.assertSame(TestSynapses.sparse(random, synapses), 2, spikes);
    KernelTwins.assertSame(TestSynapses.equalWeight(random, synapses), 2, spikes);
  }

  @Seeded
  void countsOfManyRows(SplittableRandom random) {
    for (int sources : new int[] {119, 120, 121, 240, 1000, 4099}) {
      Connectivity synapses = TestSynapses.connectivity(random, sources, 70, 0.9);
      KernelTwins.assertSame(
          TestSynapses.equalWeight(random, synapses), 1, KernelTwins.spikes(random, 1, sources));
    }
  }

  @Test
  void inputsThatAreNoNumberOfSpikesAreRefused() {
    Connectivity synapses = new Connectivity(1, new int[] {0, 1, 2}, new int[] {0, 0});
    VectorEqualWeight kernel = new VectorEqualWeight(new EqualWeightOp("ex", 0, 1, synapses, 0.5f));
    assertThatThrownBy(() -> kernel.run(1, new float[] {1, 0.5f}, 0, new float[1], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0.5 from source 1");
  }
}
