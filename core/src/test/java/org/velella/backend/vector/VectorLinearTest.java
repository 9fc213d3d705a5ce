package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.backend.Caches;
import org.velella.plan.LinearOp;
import org.velella.testkit.Frames;
import org.velella.testkit.Seeded;
import org.velella.testkit.SeededExtension;

class VectorLinearTest {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 64, 257};

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfScalar(Frames.Sort sort, SplittableRandom random) {
    for (int inputs : SIZES) {
      for (int outputs : SIZES) {
        LinearOp op = random(random, 1 + random.nextInt(3), inputs, outputs);
        int frames = 1 + random.nextInt(20);
        float[] x = Frames.random(random, sort, frames * op.rows() * inputs);
        KernelTwins.assertSame(op, frames, x);
      }
    }
  }

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @ValueSource(doubles = {0, 0.01, 0.05, 0.2, 0.26, 0.5, 1})
  void theDensityOfSpikesDoesNotShow(double density, SplittableRandom random) {
    for (int inputs : new int[] {17, 257, 4098}) {
      int rows = 1 + random.nextInt(2);
      LinearOp op = random(random, rows, inputs, 1 + random.nextInt(300));
      int frames = 1 + random.nextInt(9);
      KernelTwins.assertSame(
          op, frames, KernelTwins.spikes(random, density, frames * rows * inputs));
    }
  }

  @Seeded
  void longInputsAndManyRowsAreCutIntoBlocks(SplittableRandom random) {
    LinearOp op = random(random, 1, 2100, 37);
    KernelTwins.assertSame(op, 300, Frames.random(random, Frames.Sort.WILD, 300 * 2100));
    KernelTwins.assertSame(op, 300, KernelTwins.spikes(random, 0.1, 300 * 2100));
  }

  /** Weights that come from memory are read for more rows at once, and more of their terms. */
  @Seeded
  void manyRowsOfLargeLayersAreCutIntoLargerBlocks(SplittableRandom random) {
    int inputs = 2049 + random.nextInt(70);
    int outputs = 1 + (int) (2 * Caches.here().level2() / inputs);
    assertThat(DenseLinear.blockRows(inputs, outputs)).isEqualTo(256);
    LinearOp op = random(random, 1, inputs, outputs);
    KernelTwins.assertSame(op, 300, Frames.random(random, Frames.Sort.WILD, 300 * inputs));
    KernelTwins.assertSame(op, 270, KernelTwins.spikes(random, 0.3, 270 * inputs));
  }

  /** So whoever plans a task's memory counts what it takes. */
  @Seeded
  void spikesAreExpandedIntoNoMoreThanIsPlannedFor(SplittableRandom random) {
    int size = 24 + (int) Math.sqrt(2.0 * Caches.here().level2());
    assertThat(expanded(random(random, 1, size, size), 300))
        .isEqualTo(Caches.mostExpandedBytes(1, size));
    assertThat(expanded(random(random, 300, 40, 20), 3))
        .isEqualTo(Caches.mostExpandedBytes(300, 40));
    for (int rows : new int[] {1, 2, 3, 100, 129, 255, 256, 257}) {
      int inputs = 1 + random.nextInt(500);
      LinearOp op = random(random, rows, inputs, 1 + random.nextInt(200));
      assertThat(expanded(op, 1 + random.nextInt(300)))
          .isBetween(1L, Caches.mostExpandedBytes(rows, inputs));
    }
  }

  /**
   * Bytes of a kernel's array after so many frames that are all spikes, or four if those are more.
   */
  private static long expanded(LinearOp op, int frames) {
    VectorLinear kernel = (VectorLinear) VectorSynapses.kernel(op);
    int count = Math.max(4, frames);
    float[] spikes = new float[count * op.rows() * op.inputs()];
    Arrays.fill(spikes, 1);
    float[] out = new float[count * op.rows() * op.outputs()];
    new KernelTwins.ThroughBits(kernel, op.rows() * op.inputs()).run(count, spikes, 0, out, 0);
    return kernel.expandedBytes();
  }

  @Test
  void tilesOfABlockPadNoMoreThanTheyCount() {
    for (int rows = 1; rows <= 300; rows++) {
      int tiled = 0;
      for (int row = 0; row < rows; row = tiled) {
        tiled += DenseTiles.rows(rows - row);
      }
      assertThat(tiled).isEqualTo(DenseTiles.padded(rows));
    }
  }

  /** Of 128 rows of four bytes: half a mebibyte is 1024 terms. */
  @Test
  void aBlockFitsTheCache() {
    assertThat(DenseLinear.blockTerms(1L << 20)).isEqualTo(1024);
    assertThat(DenseLinear.blockTerms(1L << 19)).isEqualTo(1024);
    assertThat(DenseLinear.blockTerms(1L << 18)).isEqualTo(512);
    assertThat(DenseLinear.blockTerms(1L << 10)).isEqualTo(256);
    assertThat(DenseLinear.blockTerms(1L << 40)).isEqualTo(1024);
    assertThat(DenseLinear.blockTerms(300_001)).isEqualTo(584);
  }

  @Seeded
  void denseAndEventDrivenGiveTheSameBits(SplittableRandom random) {
    for (double density : new double[] {0, 0.01, 0.3, 0.9, 1}) {
      int inputs = 1 + random.nextInt(600);
      int outputs = 1 + random.nextInt(200);
      LinearOp op = random(random, 1, inputs, outputs);
      int rows = 1 + random.nextInt(12);
      float[] x = KernelTwins.graded(random, density, rows * inputs);
      float[] bias = new float[outputs + 512];
      System.arraycopy(op.bias() == null ? bias : op.bias(), 0, bias, 0, outputs);
      float[] dense = new float[rows * outputs];
      new DenseLinear(inputs, outputs, op.weight(), bias).run(rows, x, 0, dense, 0);
      float[] sparse = new float[rows * outputs];
      EventLinear events =
          new EventLinear(inputs, outputs, op.weight(), bias, 1L << random.nextInt(21));
      long[] words = new long[inputs / 64 + 1];
      for (int row = 0; row < rows; row++) {
        SpikeBits.ofActive(x, row * inputs, inputs, words, 0);
        events.addGraded(words, 0, x, row * inputs);
      }
      events.flush(sparse, 0);
      assertThat(sparse).containsExactly(dense);
    }
  }

  private static LinearOp random(SplittableRandom random, int rows, int inputs, int outputs) {
    float[] bias = random.nextBoolean() ? Frames.weights(random, outputs) : null;
    float[] weight = Frames.weights(random, inputs * outputs);
    return new LinearOp("linear", 0, 1, rows, inputs, outputs, weight, bias);
  }
}
