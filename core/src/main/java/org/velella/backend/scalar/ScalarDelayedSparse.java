package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.DelayedKernel;
import org.velella.plan.DelayedSparseOp;
import org.velella.tensor.Tensor;

/**
 * In each step: the nearest row of what is pending becomes the output, the others move up, and
 * {@code row[d] = fma(x[k], w[k, o], row[d])} for the sources k ascending, where row 0 is the
 * output. Then the output gets {@code + 0.0f}.
 */
final class ScalarDelayedSparse implements DelayedKernel {
  private final DelayedSparseOp op;
  private final int batch;
  private final int sources;
  private final int targets;
  private float[] pending;

  /** A kernel for {@code batch} samples. */
  ScalarDelayedSparse(DelayedSparseOp op, int batch) {
    this.op = op;
    this.batch = batch;
    sources = op.connectivity().sources();
    targets = op.connectivity().targets();
  }

  /** {@inheritDoc} It works on the tensor itself. */
  @Override
  public void load(Tensor[] tile) {
    pending = tile[op.memory()].floats();
  }

  @Override
  public void store(Tensor[] tile) {
    // What was loaded is up to date.
  }

  @Override
  public void run(int steps, float[] in, int from, float[] out, int to) {
    for (int s = 0; s < steps; s++) {
      for (int n = 0; n < batch; n++) {
        int frame = s * batch + n;
        step(n * op.longest() * targets, in, from + frame * sources, out, to + frame * targets);
      }
    }
  }

  private void step(int nearest, float[] in, int from, float[] out, int to) {
    int moved = (op.longest() - 1) * targets;
    System.arraycopy(pending, nearest, out, to, targets);
    System.arraycopy(pending, nearest + targets, pending, nearest, moved);
    Arrays.fill(pending, nearest + moved, nearest + moved + targets, 0.0f);
    int[] offsets = op.connectivity().offsets();
    for (int k = 0; k < sources; k++) {
      float x = in[from + k];
      for (int e = offsets[k]; x != 0 && e < offsets[k + 1]; e++) {
        boolean now = op.steps()[e] == 0;
        float[] sums = now ? out : pending;
        int row = now ? to : nearest + (op.steps()[e] - 1) * targets;
        int at = row + op.connectivity().columns()[e];
        sums[at] = Math.fma(x, op.weight()[e], sums[at]);
      }
    }
    for (int o = to; o < to + targets; o++) {
      out[o] += 0.0f;
    }
  }
}
