package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.FrameKernel;
import org.velella.plan.SparseOp;

/**
 * {@code out[o] = (+0 fma over sources k ascending of x[k] * w[k, o]) + 0.0f}: the rows of the
 * sources that are not zero, one after the other. Leaving out a zero changes at most the sign of a
 * zero, which the last addition removes.
 */
final class ScalarSparse implements FrameKernel {
  private final int sources;
  private final int targets;
  private final int[] offsets;
  private final int[] columns;
  private final float[] weights;

  ScalarSparse(SparseOp op) {
    sources = op.connectivity().sources();
    targets = op.connectivity().targets();
    offsets = op.connectivity().offsets();
    columns = op.connectivity().columns();
    weights = op.weight();
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      int to = outOffset + frame * targets;
      Arrays.fill(out, to, to + targets, 0.0f);
      for (int k = 0; k < sources; k++) {
        float x = in[inOffset + frame * sources + k];
        if (x != 0) {
          for (int e = offsets[k]; e < offsets[k + 1]; e++) {
            int o = to + columns[e];
            out[o] = Math.fma(x, weights[e], out[o]);
          }
        }
      }
      for (int o = to; o < to + targets; o++) {
        out[o] += 0.0f;
      }
    }
  }
}
