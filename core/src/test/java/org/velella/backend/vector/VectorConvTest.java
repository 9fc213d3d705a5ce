package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.plan.ConvOp;
import org.velella.testkit.Frames;
import org.velella.testkit.Seeded;
import org.velella.testkit.SeededExtension;

class VectorConvTest {
  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfScalar(Frames.Sort sort, SplittableRandom random) {
    for (int round = 0; round < 100; round++) {
      ConvOp op = random(random);
      KernelTwins.assertSame(op, 3, Frames.random(random, sort, 3 * inputs(op)));
    }
  }

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @ValueSource(doubles = {0, 0.001, 0.01, 0.05, 0.2, 0.6, 1})
  void theDensityOfSpikesDoesNotShow(double density, SplittableRandom random) {
    for (int round = 0; round < 30; round++) {
      ConvOp op = random(random);
      KernelTwins.assertSame(op, 2, KernelTwins.spikes(random, density, 2 * inputs(op)));
    }
  }

  @Seeded
  void denseAndEventDrivenGiveTheSameBits(SplittableRandom random) {
    for (int round = 0; round < 60; round++) {
      ConvOp op = random(random);
      double density = new double[] {0, 0.01, 0.3, 0.9, 1}[round % 5];
      float[] x = KernelTwins.graded(random, density, inputs(op));
      long[] active = new long[x.length / 64 + 1];
      SpikeBits.ofActive(x, 0, x.length, active, 0);
      float[] dense = new float[op.outChannels() * op.outH() * op.outW()];
      new DenseConv(op).run(x, 0, dense, 0);
      float[] sparse = new float[dense.length];
      EventConv events = new EventConv(op);
      events.graded(active, 0, x, 0, sparse, 0);
      assertThat(sparse).containsExactly(dense);
      // Sums are zero again afterwards.
      events.graded(active, 0, x, 0, sparse, 0);
      assertThat(sparse).containsExactly(dense);
    }
  }

  @Seeded
  void spikesGiveTheBitsOfDenseAtAllDensities(SplittableRandom random) {
    for (int round = 0; round < 60; round++) {
      ConvOp op = random(random);
      EventConv events = new EventConv(op);
      float[] dense = new float[op.outChannels() * op.outH() * op.outW()];
      float[] sparse = new float[dense.length];
      // What one frame leaves behind must not show in the next.
      for (double density : new double[] {1, 0.01, 0.1, 0.5, 0.02}) {
        float[] x = KernelTwins.spikes(random, density, inputs(op));
        long[] active = new long[x.length / 64 + 1];
        SpikeBits.ofActive(x, 0, x.length, active, 0);
        new DenseConv(op).run(x, 0, dense, 0);
        events.spikes(active, 0, sparse, 0);
        assertThat(sparse).containsExactly(dense);
      }
    }
  }

  @Test
  void termsThatUnderflowToMinusZeroGivePlusZero() {
    int channels = 40;
    float[] weight = new float[channels];
    Arrays.fill(weight, -1e-30f);
    float[] x = new float[49];
    Arrays.fill(x, 1e-30f);
    float[] minusZero = new float[channels];
    Arrays.fill(minusZero, -0.0f);
    for (float[] bias : Arrays.asList(null, minusZero)) {
      ConvOp op =
          new ConvOp(
              "conv", 0, 1, 1, 7, 7, channels, 7, 7, 1, 1, 1, 1, 0, 0, 1, 1, 1, weight, bias);
      float[] out = new float[channels * 49];
      new EventConv(op).graded(new long[] {(1L << 49) - 1}, 0, x, 0, out, 0);
      // assertThat tells -0 from +0, as Float.equals does.
      assertThat(out).containsOnly(0.0f);
    }
  }

  private static int inputs(ConvOp op) {
    return op.inChannels() * op.inH() * op.inW();
  }

  private static ConvOp random(SplittableRandom random) {
    int groups = 1 + random.nextInt(3);
    int in = groups * (1 + random.nextInt(random.nextInt(6) == 0 ? 80 : 6));
    int out = groups * (1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 9));
    int[] h = axis(random, random.nextInt(4) == 0);
    int[] w = axis(random, false);
    float[] weight = Frames.weights(random, out * (in / groups) * h[1] * w[1]);
    float[] bias = random.nextBoolean() ? Frames.weights(random, out) : null;
    return new ConvOp(
        "conv", 0, 1, in, h[0], w[0], out, h[5], w[5], h[1], w[1], h[2], w[2], h[3], w[3], h[4],
        w[4], groups, weight, bias);
  }

  /** Length, kernel, stride, padding before, dilation, output length; padding after may differ. */
  private static int[] axis(SplittableRandom random, boolean flat) {
    if (flat) {
      return new int[] {1, 1, 1, 0, 1, 1};
    }
    while (true) {
      int length = 1 + random.nextInt(random.nextInt(3) == 0 ? 36 : 18);
      int kernel = 1 + random.nextInt(5);
      int stride = random.nextBoolean() ? 1 : 1 + random.nextInt(3);
      int before = random.nextInt(4);
      int after = random.nextInt(4);
      int dilation = random.nextBoolean() ? 1 : 1 + random.nextInt(3);
      int room = length + before + after - dilation * (kernel - 1) - 1;
      if (room >= 0) {
        return new int[] {length, kernel, stride, before, dilation, room / stride + 1};
      }
    }
  }
}
