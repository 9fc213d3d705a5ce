package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.plan.ScaleOp;

/** {@code out = x * scale + shift}, two roundings; or the product alone. */
final class VectorScale implements CountedKernel {
  /** Three loads, a product, a sum and a store, and what the loop takes. */
  private static final double PER_VECTOR = 8;

  private final int size;
  private final float[] scale;
  private final float[] shift;
  private double operations;

  VectorScale(ScaleOp op) {
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
    operations = (double) frames * PER_VECTOR * (Lanes.vectors(size) + COUNT);
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * size;
      int to = outOffset + frame * size;
      if (shift == null) {
        multiply(in, from, scale, out, to, size);
      } else {
        multiplyAndShift(in, from, scale, shift, out, to, size);
      }
    }
  }

  @Override
  public double operations() {
    return operations;
  }

  private static void multiply(float[] in, int from, float[] scale, float[] out, int to, int n) {
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      FloatVector.fromArray(FLOATS, in, from + i)
          .mul(FloatVector.fromArray(FLOATS, scale, i))
          .intoArray(out, to + i);
    }
    for (; i < n; i++) {
      out[to + i] = in[from + i] * scale[i];
    }
  }

  private static void multiplyAndShift(
      float[] in, int from, float[] scale, float[] shift, float[] out, int to, int n) {
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      FloatVector.fromArray(FLOATS, in, from + i)
          .mul(FloatVector.fromArray(FLOATS, scale, i))
          .add(FloatVector.fromArray(FLOATS, shift, i))
          .intoArray(out, to + i);
    }
    for (; i < n; i++) {
      out[to + i] = in[from + i] * scale[i] + shift[i];
    }
  }
}
