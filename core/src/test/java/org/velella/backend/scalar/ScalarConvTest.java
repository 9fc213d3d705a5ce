package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.plan.ConvOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class ScalarConvTest {
  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfTheDefinition(Frames.Sort sort, SplittableRandom random) {
    for (int round = 0; round < 150; round++) {
      ConvOp op = randomOp(random);
      float[] x = Frames.random(random, sort, 3 * op.inChannels() * op.inH() * op.inW());
      Frames.assertGives(definition(op, 3, x), new ScalarConv(op), 3, x);
    }
  }

  private static ConvOp randomOp(SplittableRandom random) {
    int groups = 1 + random.nextInt(3);
    int in = groups * (1 + random.nextInt(6));
    int out = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 4));
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
      int length = 1 + random.nextInt(9);
      int kernel = 1 + random.nextInt(4);
      int stride = 1 + random.nextInt(3);
      int before = random.nextInt(4);
      int after = random.nextInt(4);
      int dilation = 1 + random.nextInt(3);
      int room = length + before + after - dilation * (kernel - 1) - 1;
      if (room >= 0) {
        return new int[] {length, kernel, stride, before, dilation, room / stride + 1};
      }
    }
  }

  /** DESIGN's sentence, word by word: every term of every window, padding as zeros. */
  private static float[] definition(ConvOp op, int frames, float[] x) {
    int perGroup = op.inChannels() / op.groups();
    float[] out = new float[frames * op.outChannels() * op.outH() * op.outW()];
    int to = 0;
    for (int frame = 0; frame < frames; frame++) {
      for (int o = 0; o < op.outChannels(); o++) {
        int first = o / (op.outChannels() / op.groups()) * perGroup;
        for (int oy = 0; oy < op.outH(); oy++) {
          for (int ox = 0; ox < op.outW(); ox++) {
            float sum = +0.0f;
            for (int ky = 0; ky < op.kernelH(); ky++) {
              for (int kx = 0; kx < op.kernelW(); kx++) {
                for (int c = 0; c < perGroup; c++) {
                  int y = oy * op.strideH() - op.padH() + ky * op.dilationH();
                  int w = ox * op.strideW() - op.padW() + kx * op.dilationW();
                  int at = ((o * perGroup + c) * op.kernelH() + ky) * op.kernelW() + kx;
                  sum = Math.fma(pixel(op, x, frame, first + c, y, w), op.weight()[at], sum);
                }
              }
            }
            out[to++] = (op.bias() == null ? sum : sum + op.bias()[o]) + 0.0f;
          }
        }
      }
    }
    return out;
  }

  private static float pixel(ConvOp op, float[] x, int frame, int channel, int row, int column) {
    if (row < 0 || row >= op.inH() || column < 0 || column >= op.inW()) {
      return 0.0f;
    }
    return x[((frame * op.inChannels() + channel) * op.inH() + row) * op.inW() + column];
  }

  @Test
  void correlatesWithoutTurningTheKernel() {
    // 3 x 3 image 1..9, kernel [[1, 0], [0, 10]]: top left plus ten times bottom right.
    ConvOp op = op(1, 3, 3, 1, 2, 2, 2, 2, new float[] {1, 0, 0, 10}, new float[] {0.5f});
    assertThat(run(op, 1, 2, 3, 4, 5, 6, 7, 8, 9)).containsExactly(51.5f, 62.5f, 84.5f, 95.5f);
  }

  @Test
  void termsAreAddedOverKernelPositionsThenChannels() {
    // In order (kernel column, channel): 1e8 + 1 - 1e8 + 1 = 1, since 1e8 + 1 rounds to 1e8.
    ConvOp columns = op(2, 1, 2, 1, 1, 1, 1, 2, new float[] {1e8f, -1e8f, 1, 1}, null);
    assertThat(run(columns, 1, 1, 1, 1)).containsExactly(1.0f);
    ConvOp rows = op(2, 2, 1, 1, 1, 1, 2, 1, new float[] {1e8f, -1e8f, 1, 1}, null);
    assertThat(run(rows, 1, 1, 1, 1)).containsExactly(1.0f);
    // In order (kernel row, kernel column): 1e8 + 1 - 1e8 + 1; over columns first it would be 2.
    ConvOp both = op(1, 2, 2, 1, 1, 1, 2, 2, new float[] {1e8f, 1, -1e8f, 1}, null);
    assertThat(run(both, 1, 1, 1, 1)).containsExactly(1.0f);
  }

  @Test
  void neverGivesNegativeZero() {
    ConvOp op = op(1, 1, 1, 1, 1, 1, 1, 1, new float[] {1e-30f}, new float[] {-0.0f});
    for (float x : new float[] {0.0f, -0.0f, -1e-30f}) {
      assertThat(Float.floatToRawIntBits(run(op, x)[0])).isZero();
    }
  }

  private static ConvOp op(
      int in, int h, int w, int out, int outH, int outW, int kH, int kW, float[] wt, float[] b) {
    return new ConvOp("conv", 0, 1, in, h, w, out, outH, outW, kH, kW, 1, 1, 0, 0, 1, 1, 1, wt, b);
  }

  private static float[] run(ConvOp op, float... x) {
    float[] out = new float[op.outChannels() * op.outH() * op.outW()];
    new ScalarConv(op).run(1, x, 0, out, 0);
    return out;
  }
}
