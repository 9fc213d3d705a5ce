package org.velella.backend.vector;

import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.plan.ScaleOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class VectorScaleTest {
  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfScalar(Frames.Sort sort, SplittableRandom random) {
    for (int factors : new int[] {1, 3, 16}) {
      for (int inner : new int[] {1, 5, 17, 64}) {
        int size = factors * inner;
        float[] scale = Frames.weights(random, factors);
        float[] shift = random.nextBoolean() ? Frames.weights(random, factors) : null;
        ScaleOp op = new ScaleOp("scale", 0, 1, size, inner, scale, shift);
        KernelTwins.assertSame(op, 3, Frames.random(random, sort, 3 * size));
      }
    }
  }
}
