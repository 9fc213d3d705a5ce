package org.velella.backend.vector;

import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;
import org.velella.testkit.Frames;
import org.velella.testkit.SeededExtension;

class VectorPoolTest {
  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @EnumSource(Frames.Sort.class)
  void givesTheBitsOfScalar(Frames.Sort sort, SplittableRandom random) {
    for (int round = 0; round < 150; round++) {
      PoolOp op = random(random);
      KernelTwins.assertSame(op, 3, Frames.random(random, sort, 3 * inputs(op)));
    }
  }

  @ParameterizedTest
  @ExtendWith(SeededExtension.class)
  @ValueSource(doubles = {0, 0.01, 0.3, 1})
  void theDensityOfSpikesDoesNotShow(double density, SplittableRandom random) {
    for (int round = 0; round < 60; round++) {
      PoolOp op = random(random);
      KernelTwins.assertSame(op, 2, KernelTwins.spikes(random, density, 2 * inputs(op)));
    }
  }

  private static int inputs(PoolOp op) {
    return op.channels() * op.inH() * op.inW();
  }

  private static PoolOp random(SplittableRandom random) {
    Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
    Divisor divisor = Divisor.values()[random.nextInt(Divisor.values().length)];
    int[] h = random.nextInt(4) == 0 ? new int[] {1, 1, 1, 0, 1} : axis(random);
    int[] w = axis(random);
    return new PoolOp(
        "pool",
        0,
        1,
        mode,
        divisor,
        1 + random.nextInt(5),
        h[0],
        w[0],
        h[4],
        w[4],
        h[1],
        w[1],
        h[2],
        w[2],
        h[3],
        w[3]);
  }

  /** Length, kernel, stride, padding, output length. */
  private static int[] axis(SplittableRandom random) {
    while (true) {
      int length = 1 + random.nextInt(40);
      int kernel = 1 + random.nextInt(4);
      int stride = 1 + random.nextInt(4);
      int pad = random.nextInt(kernel / 2 + 1);
      int room = length + 2 * pad - kernel;
      if (room >= 0) {
        return new int[] {length, kernel, stride, pad, room / stride + 1};
      }
    }
  }
}
