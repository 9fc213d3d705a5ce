package org.velella.backend.scalar;

import org.velella.backend.FrameKernel;
import org.velella.plan.ScaleOp;

/** {@code out = x * scale + shift}, each of the two operations rounded; or the product alone. */
final class ScalarScale implements FrameKernel {
  private final int size;
  private final float[] scale;
  private final float[] shift;

  ScalarScale(ScaleOp op) {
    size = op.size();
    scale = spread(op, op.scale());
    shift = op.shift() == null ? null : spread(op, op.shift());
  }

  private static float[] spread(ScaleOp op, float[] factors) {
    float[] spread = new float[op.size()];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = factors[i / op.inner() % factors.length];
    }
    return spread;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * size;
      int to = outOffset + frame * size;
      if (shift == null) {
        for (int i = 0; i < size; i++) {
          out[to + i] = in[from + i] * scale[i];
        }
      } else {
        for (int i = 0; i < size; i++) {
          out[to + i] = in[from + i] * scale[i] + shift[i];
        }
      }
    }
  }
}
