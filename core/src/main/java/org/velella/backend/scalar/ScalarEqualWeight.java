package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.FrameKernel;
import org.velella.plan.EqualWeightOp;
import org.velella.synapse.EqualWeightOperation;

/** {@code out[o] = weight * (float) count + 0.0f} with exact counts of the spikes that reach o. */
final class ScalarEqualWeight implements FrameKernel {
  private final EqualWeightOp op;
  private final int sources;
  private final int[] offsets;
  private final int[] columns;
  private final int[] counts;

  ScalarEqualWeight(EqualWeightOp op) {
    this.op = op;
    sources = op.connectivity().sources();
    offsets = op.connectivity().offsets();
    columns = op.connectivity().columns();
    counts = new int[op.connectivity().targets()];
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      Arrays.fill(counts, 0);
      for (int k = 0; k < sources; k++) {
        float x = in[inOffset + frame * sources + k];
        if (x != 0) {
          int spikes = EqualWeightOperation.spikes(op.node(), k, x);
          for (int e = offsets[k]; e < offsets[k + 1]; e++) {
            counts[columns[e]] += spikes;
          }
        }
      }
      int to = outOffset + frame * counts.length;
      for (int o = 0; o < counts.length; o++) {
        out[to + o] = op.weight() * counts[o] + 0.0f;
      }
    }
  }
}
