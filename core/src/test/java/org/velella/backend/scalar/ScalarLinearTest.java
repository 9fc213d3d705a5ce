package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.plan.LinearOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class ScalarLinearTest {
  private static final int[] SIZES = {1, 3, 17, 33};

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfTheDefinition(Frames.Sort sort, SplittableRandom random) {
    for (int inputs : SIZES) {
      for (int outputs : SIZES) {
        for (int rows = 1; rows <= 3; rows += 2) {
          float[] bias = random.nextBoolean() ? Frames.weights(random, outputs) : null;
          LinearOp op = op(rows, inputs, outputs, Frames.weights(random, inputs * outputs), bias);
          float[] x = Frames.random(random, sort, 7 * rows * inputs);
          Frames.assertGives(definition(op, 7, x), new ScalarLinear(op), 7, x);
        }
      }
    }
  }

  /** DESIGN's sentence, word by word: no skipping, no transposing. */
  private static float[] definition(LinearOp op, int frames, float[] x) {
    float[] out = new float[frames * op.rows() * op.outputs()];
    for (int r = 0; r < frames * op.rows(); r++) {
      for (int o = 0; o < op.outputs(); o++) {
        float sum = +0.0f;
        for (int k = 0; k < op.inputs(); k++) {
          sum = Math.fma(x[r * op.inputs() + k], op.weight()[o * op.inputs() + k], sum);
        }
        if (op.bias() != null) {
          sum = sum + op.bias()[o];
        }
        out[r * op.outputs() + o] = sum + 0.0f;
      }
    }
    return out;
  }

  @Test
  void addsTheProductsAndTheBias() {
    LinearOp op = op(1, 3, 2, new float[] {3, 4, 5, -1, 0, 2}, new float[] {0.5f, 0.25f});
    assertThat(run(op, 1, 2, 0.5f)).containsExactly(14.0f, 0.25f);
  }

  @Test
  void eachTermIsFused() {
    // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24; a rounded product would lose the last part.
    float x = 1 + 0x1p-12f;
    LinearOp op = op(1, 2, 1, new float[] {-(1 + 0x1p-11f), x}, null);
    assertThat(run(op, 1, x)).containsExactly(0x1p-24f);
  }

  @Test
  void termsAreAddedInOrderOfTheInput() {
    LinearOp op = op(1, 4, 1, new float[] {1e8f, 1, -1e8f, 1}, null);
    assertThat(run(op, 1, 1, 1, 1)).containsExactly(1.0f);
    assertThat(run(op, 1, 0, 1, 1)).containsExactly(1.0f);
    assertThat(run(op, 1, 1, 1, 0)).containsExactly(0.0f);
  }

  @Test
  void neverGivesNegativeZero() {
    LinearOp op = op(1, 1, 1, new float[] {1e-30f}, new float[] {-0.0f});
    for (float x : new float[] {0.0f, -0.0f, -1e-30f}) {
      assertThat(Float.floatToRawIntBits(run(op, x)[0])).isZero();
    }
  }

  @Test
  void infinityTimesAWeightOfZeroIsNan() {
    LinearOp op = op(1, 2, 2, new float[] {0, 1, 2, 1}, null);
    assertThat(run(op, Float.POSITIVE_INFINITY, 1))
        .containsExactly(Float.NaN, Float.POSITIVE_INFINITY);
  }

  @Test
  void subnormalsAreKept() {
    LinearOp op = op(1, 1, 1, new float[] {0.5f}, null);
    assertThat(run(op, 4 * Float.MIN_VALUE)).containsExactly(2 * Float.MIN_VALUE);
  }

  private static LinearOp op(int rows, int inputs, int outputs, float[] weight, float[] bias) {
    return new LinearOp("linear", 0, 1, rows, inputs, outputs, weight, bias);
  }

  private static float[] run(LinearOp op, float... x) {
    float[] out = new float[op.outputs()];
    new ScalarLinear(op).run(1, x, 0, out, 0);
    return out;
  }
}
