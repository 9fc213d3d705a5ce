package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.plan.ScaleOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class ScalarScaleTest {
  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfTheDefinition(Frames.Sort sort, SplittableRandom random) {
    for (int channels : new int[] {1, 3, 17}) {
      for (int inner : new int[] {1, 5, 33}) {
        for (int blocks = 1; blocks <= 2; blocks++) {
          int size = channels * inner * blocks;
          float[] scale = Frames.weights(random, channels);
          float[] shift = random.nextBoolean() ? Frames.weights(random, channels) : null;
          ScaleOp op = new ScaleOp("scale", 0, 1, size, inner, scale, shift);
          float[] x = Frames.random(random, sort, 7 * size);
          Frames.assertGives(definition(op, x), new ScalarScale(op), 7, x);
        }
      }
    }
  }

  private static float[] definition(ScaleOp op, float[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int factor = i % op.size() / op.inner() % op.scale().length;
      float product = x[i] * op.scale()[factor];
      out[i] = op.shift() == null ? product : product + op.shift()[factor];
    }
    return out;
  }

  @Test
  void productAndSumAreRoundedApart() {
    // (1 + 2^-12)^2 - (1 + 2^-11): the product rounds to 1 + 2^-11, a fused one would leave 2^-24.
    float x = 1 + 0x1p-12f;
    ScaleOp op = new ScaleOp("bn", 0, 1, 1, 1, new float[] {x}, new float[] {-(1 + 0x1p-11f)});
    float[] out = new float[1];
    new ScalarScale(op).run(1, new float[] {x}, 0, out, 0);
    assertThat(out).containsExactly(0.0f);
  }
}
