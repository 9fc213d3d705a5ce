package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class ScalarPoolTest {
  private static final float NAN = Float.NaN;

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfTheDefinition(Frames.Sort sort, SplittableRandom random) {
    for (Mode mode : Mode.values()) {
      for (Divisor divisor : Divisor.values()) {
        for (int round = 0; round < 40; round++) {
          int[] h = axis(random);
          int[] w = axis(random);
          int channels = 1 + random.nextInt(3);
          PoolOp op =
              new PoolOp(
                  "pool", 0, 1, mode, divisor, channels, h[0], w[0], h[4], w[4], h[1], w[1], h[2],
                  w[2], h[3], w[3]);
          float[] x = Frames.random(random, sort, 4 * channels * h[0] * w[0]);
          Frames.assertGives(definition(op, 4, x), new ScalarPool(op), 4, x);
        }
      }
    }
  }

  /** Length, kernel, stride, padding (at most half the kernel), output length. */
  private static int[] axis(SplittableRandom random) {
    while (true) {
      int length = 1 + random.nextInt(9);
      int kernel = 1 + random.nextInt(4);
      int stride = 1 + random.nextInt(3);
      int padding = random.nextInt(kernel / 2 + 1);
      int room = length + 2 * padding - kernel;
      if (room >= 0) {
        return new int[] {length, kernel, stride, padding, room / stride + 1};
      }
    }
  }

  private static float[] definition(PoolOp op, int frames, float[] x) {
    float[] out = new float[frames * op.channels() * op.outH() * op.outW()];
    for (int i = 0; i < out.length; i++) {
      int image = i / (op.outH() * op.outW()) * op.inH() * op.inW();
      int top = i / op.outW() % op.outH() * op.strideH() - op.padH();
      int left = i % op.outW() * op.strideW() - op.padW();
      float sum = +0.0f;
      float maximum = Float.NEGATIVE_INFINITY;
      boolean first = true;
      int valid = 0;
      for (int row = top; row < top + op.kernelH(); row++) {
        for (int column = left; column < left + op.kernelW(); column++) {
          boolean inside = row >= 0 && row < op.inH() && column >= 0 && column < op.inW();
          float value = inside ? x[image + row * op.inW() + column] : 0.0f;
          sum = sum + value;
          if (inside) {
            valid++;
            boolean greater = first || value > maximum;
            maximum =
                Float.isNaN(maximum) ? NAN : Float.isNaN(value) ? NAN : greater ? value : maximum;
            first = false;
          }
        }
      }
      int count = op.divisor() == Divisor.WINDOW ? op.kernelH() * op.kernelW() : valid;
      out[i] =
          switch (op.mode()) {
            case SUM -> sum;
            case AVERAGE -> sum / count;
            case MAXIMUM -> maximum;
          };
    }
    return out;
  }

  @Test
  void averageDividesTheSumOnceByTheDefinedCount() {
    float third = 1.0f / 3.0f;
    // Windows of three over [0 1 1 0 1 1 0] with one zero of padding on each side, stride 3.
    float[] x = {0, 1, 1, 0, 1, 1, 0};
    assertThat(run(row(Mode.AVERAGE, Divisor.WINDOW, 7, 3, 3, 1), x))
        .containsExactly(third, 2.0f / 3.0f, third);
    assertThat(run(row(Mode.AVERAGE, Divisor.VALID, 7, 3, 3, 1), x))
        .containsExactly(0.5f, 2.0f / 3.0f, 0.5f);
    assertThat(run(row(Mode.SUM, Divisor.WINDOW, 7, 3, 3, 1), x)).containsExactly(1f, 2f, 1f);
    assertThat(run(row(Mode.MAXIMUM, Divisor.WINDOW, 7, 3, 3, 1), x)).containsExactly(1f, 1f, 1f);
  }

  @Test
  void sumsAreAddedRowMajor() {
    PoolOp op = new PoolOp("p", 0, 1, Mode.SUM, Divisor.WINDOW, 1, 2, 2, 1, 1, 2, 2, 1, 1, 0, 0);
    assertThat(run(op, 1e8f, 1, -1e8f, 1)).containsExactly(1.0f);
  }

  @Test
  void maximumOfPaddedWindowsMayBeNegative() {
    assertThat(run(row(Mode.MAXIMUM, Divisor.WINDOW, 2, 2, 1, 1), -3, -2))
        .containsExactly(-3f, -2f, -2f);
  }

  @Test
  void maximumKeepsTheFirstOfEqualsAndAnyNan() {
    PoolOp op = row(Mode.MAXIMUM, Divisor.WINDOW, 2, 2, 2, 0);
    assertThat(Float.floatToRawIntBits(run(op, -0.0f, 0.0f)[0])).isEqualTo(0x80000000);
    assertThat(Float.floatToRawIntBits(run(op, 0.0f, -0.0f)[0])).isZero();
    float odd = Float.intBitsToFloat(0xffc00001);
    assertThat(Float.floatToRawIntBits(run(op, 1, odd)[0])).isEqualTo(0x7fc00000);
    assertThat(Float.floatToRawIntBits(run(op, odd, 1)[0])).isEqualTo(0x7fc00000);
    assertThat(run(op, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY))
        .containsExactly(Float.NEGATIVE_INFINITY);
  }

  private static PoolOp row(
      Mode mode, Divisor divisor, int length, int kernel, int stride, int pad) {
    int out = (length + 2 * pad - kernel) / stride + 1;
    return new PoolOp(
        "pool", 0, 1, mode, divisor, 1, 1, length, 1, out, 1, kernel, 1, stride, 0, pad);
  }

  private static float[] run(PoolOp op, float... x) {
    float[] out = new float[op.channels() * op.outH() * op.outW()];
    new ScalarPool(op).run(1, x, 0, out, 0);
    return out;
  }
}
