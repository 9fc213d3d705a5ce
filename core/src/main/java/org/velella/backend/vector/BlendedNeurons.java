package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The steps of {@link WrittenNeurons} with masks: potentials are compared with the threshold and
 * blended with the reset, which is right for NaN as well.
 */
final class BlendedNeurons {
  private static final float WHOLE = 0x1.8p23f;
  private static final int WHOLE_BITS = 0x4B400000;
  private static final int BIAS = 127;
  private static final int EXPONENT_SHIFT = 23;

  private BlendedNeurons() {}

  static void integrateAndFire(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    FloatVector none = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector h =
          FloatVector.fromArray(FLOATS, v, i).add(FloatVector.fromArray(FLOATS, x, row + i));
      VectorMask<Float> fires = h.compare(GE, threshold);
      none.blend(threshold, fires).intoArray(s, row + i);
      h.blend(none, fires).intoArray(v, i);
    }
  }

  static void leaky(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    FloatVector none = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector h = before.add(FloatVector.fromArray(FLOATS, x, row + i).sub(before).mul(0.5f));
      VectorMask<Float> fires = h.compare(GE, threshold);
      none.blend(threshold, fires).intoArray(s, row + i);
      h.blend(none, fires).intoArray(v, i);
    }
  }

  static void quadratic(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    FloatVector none = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector slope = before.mul(before.sub(0.8f));
      FloatVector h = before.add(FloatVector.fromArray(FLOATS, x, row + i).add(slope).mul(0.5f));
      VectorMask<Float> fires = h.compare(GE, threshold);
      none.blend(threshold, fires).intoArray(s, row + i);
      h.blend(-0.1f, fires).intoArray(v, i);
    }
  }

  static void exponential(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    FloatVector none = FloatVector.zero(FLOATS);
    FloatVector c0 = FloatVector.broadcast(FLOATS, 0x1.6a4b98p-10f);
    FloatVector c1 = FloatVector.broadcast(FLOATS, 0x1.123e5cp-7f);
    FloatVector c2 = FloatVector.broadcast(FLOATS, 0x1.5558bap-5f);
    FloatVector c3 = FloatVector.broadcast(FLOATS, 0x1.55548cp-3f);
    FloatVector c4 = FloatVector.broadcast(FLOATS, 0x1.fffffcp-2f);
    FloatVector high = FloatVector.broadcast(FLOATS, -0x1.63p-1f);
    FloatVector low = FloatVector.broadcast(FLOATS, 0x1.bd0106p-13f);
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector z = before.sub(0.8f).max(-104f);
      FloatVector shifted = z.mul(0x1.715476p0f).add(WHOLE);
      FloatVector k = shifted.sub(WHOLE);
      FloatVector r = k.fma(low, k.fma(high, z));
      FloatVector q = c0.fma(r, c1).fma(r, c2).fma(r, c3).fma(r, c4);
      FloatVector sum = threshold.add(r);
      FloatVector lost = threshold.sub(sum).add(r);
      FloatVector significand = sum.add(r.mul(r).fma(q, lost));
      IntVector whole = shifted.reinterpretAsInts().sub(WHOLE_BITS);
      IntVector half = whole.lanewise(ASHR, 1);
      FloatVector first = half.add(BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
      FloatVector second =
          whole.sub(half).add(BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
      FloatVector power = significand.mul(first).mul(second);
      FloatVector change = FloatVector.fromArray(FLOATS, x, row + i).sub(before).add(power);
      FloatVector h = before.add(change.mul(0.5f));
      VectorMask<Float> fires = h.compare(GE, threshold);
      none.blend(threshold, fires).intoArray(s, row + i);
      h.blend(-0.1f, fires).intoArray(v, i);
    }
  }

  static void izhikevich(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    FloatVector none = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector adaptation = FloatVector.fromArray(FLOATS, w, i);
      FloatVector slope = before.sub(-0.1f).mul(before.sub(0.8f));
      FloatVector change = FloatVector.fromArray(FLOATS, x, row + i).add(slope).sub(adaptation);
      FloatVector h = before.add(change.mul(0.5f));
      FloatVector adapted = adaptation.add(h.sub(-0.1f).mul(0.1f).sub(adaptation).mul(0.125f));
      VectorMask<Float> fires = h.compare(GE, threshold);
      FloatVector fired = none.blend(threshold, fires);
      fired.intoArray(s, row + i);
      h.blend(none, fires).intoArray(v, i);
      adapted.add(fired.mul(0.2f)).intoArray(w, i);
    }
  }
}
