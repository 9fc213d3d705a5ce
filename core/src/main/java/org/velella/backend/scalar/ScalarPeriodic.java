package org.velella.backend.scalar;

import org.velella.backend.EncoderKernel;
import org.velella.encoding.PeriodicOperation;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/** Copies one step of the pattern after the other. */
final class ScalarPeriodic implements EncoderKernel {
  private final EncoderOp op;
  private final PeriodicOperation operation;
  private final int batch;

  ScalarPeriodic(EncoderOp op, PeriodicOperation operation, int batch) {
    this.op = op;
    this.operation = operation;
    this.batch = batch;
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    float[] pattern = operation.pattern().floats();
    long[] place = memories[op.memories().get(0)].longs();
    int size = op.size();
    for (int step = t; step < t + steps; step++) {
      int from = (int) place[0] * size;
      for (int n = 0; n < batch; n++) {
        System.arraycopy(pattern, from, values[op.output()], (step * batch + n) * size, size);
      }
      place[0] = (place[0] + 1) % operation.steps();
    }
  }
}
