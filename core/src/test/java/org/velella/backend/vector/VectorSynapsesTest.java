package org.velella.backend.vector;

import java.util.SplittableRandom;
import org.velella.plan.LinearOp;
import org.velella.testkit.Frames;
import org.velella.testkit.Seeded;

class VectorSynapsesTest {
  @Seeded
  void primingChangesNoResult(SplittableRandom random) {
    LinearOp op = new LinearOp("l", 0, 1, 1, 40, 50, Frames.weights(random, 2000), null);
    float[] x = Frames.random(random, Frames.Sort.WILD, 9 * 40);
    KernelTwins.assertSame(op, 9, x);
    VectorSynapses.prime();
    KernelTwins.assertSame(op, 9, x);
    VectorSynapses.prime(op);
    KernelTwins.assertSame(op, 9, x);
  }
}
