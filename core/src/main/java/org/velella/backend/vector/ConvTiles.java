package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of a dense convolution: a few output channels at two vectors of positions. Term k
 * of position p is {@code image[p + offsets[k]] * w[k, channel]}; each output is {@code (sum over k
 * ascending, one fused multiply-add per term) + bias + 0.0f}. The number of terms is even, and the
 * weights of each have room for eight channels.
 *
 * <p>Six channels need fifteen of sixteen registers, and the same means as {@link DenseTiles}
 * against sums in memory: the loop might end after each pair of channels. Their sums also start
 * from zeros of their own, since a zero that all are copied from takes a register as well.
 */
final class ConvTiles {
  private static final float[] ZEROS = new float[12 * COUNT];

  private ConvTiles() {}

  /** Eight output channels by two vectors of positions. */
  static void eight(
      int terms,
      int[] offsets,
      float[] image,
      int at0,
      int at1,
      float[] weights,
      int wt,
      float[] bias,
      int bt,
      float[] out,
      int to0,
      int to1,
      int plane) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector t0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector t1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector t2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector t3 = FloatVector.zero(FLOATS);
    FloatVector s4 = FloatVector.zero(FLOATS);
    FloatVector t4 = FloatVector.zero(FLOATS);
    FloatVector s5 = FloatVector.zero(FLOATS);
    FloatVector t5 = FloatVector.zero(FLOATS);
    FloatVector s6 = FloatVector.zero(FLOATS);
    FloatVector t6 = FloatVector.zero(FLOATS);
    FloatVector s7 = FloatVector.zero(FLOATS);
    FloatVector t7 = FloatVector.zero(FLOATS);
    for (int k = 0; k < terms; k += 2) {
      int offset0 = offsets[k];
      FloatVector v0 = FloatVector.fromArray(FLOATS, image, at0 + offset0);
      FloatVector w0 = FloatVector.fromArray(FLOATS, image, at1 + offset0);
      FloatVector x00 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 1]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 2]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 3]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      FloatVector x04 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 4]);
      s4 = x04.fma(v0, s4);
      t4 = x04.fma(w0, t4);
      FloatVector x05 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 5]);
      s5 = x05.fma(v0, s5);
      t5 = x05.fma(w0, t5);
      FloatVector x06 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 6]);
      s6 = x06.fma(v0, s6);
      t6 = x06.fma(w0, t6);
      FloatVector x07 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 7]);
      s7 = x07.fma(v0, s7);
      t7 = x07.fma(w0, t7);
      int offset1 = offsets[k + 1];
      FloatVector v1 = FloatVector.fromArray(FLOATS, image, at0 + offset1);
      FloatVector w1 = FloatVector.fromArray(FLOATS, image, at1 + offset1);
      FloatVector x10 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 0]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 2]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 3]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
      FloatVector x14 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 4]);
      s4 = x14.fma(v1, s4);
      t4 = x14.fma(w1, t4);
      FloatVector x15 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 5]);
      s5 = x15.fma(v1, s5);
      t5 = x15.fma(w1, t5);
      FloatVector x16 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 6]);
      s6 = x16.fma(v1, s6);
      t6 = x16.fma(w1, t6);
      FloatVector x17 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 7]);
      s7 = x17.fma(v1, s7);
      t7 = x17.fma(w1, t7);
    }
    FloatVector b0 = FloatVector.broadcast(FLOATS, bias[bt + 0]);
    s0.add(b0).add(0.0f).intoArray(out, to0 + 0 * plane);
    t0.add(b0).add(0.0f).intoArray(out, to1 + 0 * plane);
    FloatVector b1 = FloatVector.broadcast(FLOATS, bias[bt + 1]);
    s1.add(b1).add(0.0f).intoArray(out, to0 + 1 * plane);
    t1.add(b1).add(0.0f).intoArray(out, to1 + 1 * plane);
    FloatVector b2 = FloatVector.broadcast(FLOATS, bias[bt + 2]);
    s2.add(b2).add(0.0f).intoArray(out, to0 + 2 * plane);
    t2.add(b2).add(0.0f).intoArray(out, to1 + 2 * plane);
    FloatVector b3 = FloatVector.broadcast(FLOATS, bias[bt + 3]);
    s3.add(b3).add(0.0f).intoArray(out, to0 + 3 * plane);
    t3.add(b3).add(0.0f).intoArray(out, to1 + 3 * plane);
    FloatVector b4 = FloatVector.broadcast(FLOATS, bias[bt + 4]);
    s4.add(b4).add(0.0f).intoArray(out, to0 + 4 * plane);
    t4.add(b4).add(0.0f).intoArray(out, to1 + 4 * plane);
    FloatVector b5 = FloatVector.broadcast(FLOATS, bias[bt + 5]);
    s5.add(b5).add(0.0f).intoArray(out, to0 + 5 * plane);
    t5.add(b5).add(0.0f).intoArray(out, to1 + 5 * plane);
    FloatVector b6 = FloatVector.broadcast(FLOATS, bias[bt + 6]);
    s6.add(b6).add(0.0f).intoArray(out, to0 + 6 * plane);
    t6.add(b6).add(0.0f).intoArray(out, to1 + 6 * plane);
    FloatVector b7 = FloatVector.broadcast(FLOATS, bias[bt + 7]);
    s7.add(b7).add(0.0f).intoArray(out, to0 + 7 * plane);
    t7.add(b7).add(0.0f).intoArray(out, to1 + 7 * plane);
  }

  /** Six output channels by two vectors of positions. */
  static void six(
      int terms,
      int[] offsets,
      float[] image,
      int at0,
      int at1,
      float[] weights,
      int wt,
      float[] bias,
      int bt,
      float[] out,
      int to0,
      int to1,
      int plane) {
    // Negative, which no term is; the compiler does not know.
    int never = ~wt;
    FloatVector s0 = FloatVector.fromArray(FLOATS, ZEROS, 0 * COUNT);
    FloatVector t0 = FloatVector.fromArray(FLOATS, ZEROS, 1 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, ZEROS, 2 * COUNT);
    FloatVector t1 = FloatVector.fromArray(FLOATS, ZEROS, 3 * COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, ZEROS, 4 * COUNT);
    FloatVector t2 = FloatVector.fromArray(FLOATS, ZEROS, 5 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, ZEROS, 6 * COUNT);
    FloatVector t3 = FloatVector.fromArray(FLOATS, ZEROS, 7 * COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, ZEROS, 8 * COUNT);
    FloatVector t4 = FloatVector.fromArray(FLOATS, ZEROS, 9 * COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, ZEROS, 10 * COUNT);
    FloatVector t5 = FloatVector.fromArray(FLOATS, ZEROS, 11 * COUNT);
    for (int k = 0; k < terms; k += 2) {
      int offset0 = offsets[k];
      FloatVector v0 = FloatVector.fromArray(FLOATS, image, at0 + offset0);
      FloatVector w0 = FloatVector.fromArray(FLOATS, image, at1 + offset0);
      FloatVector x00 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 1]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      if (k == never) {
        break;
      }
      FloatVector x02 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 2]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 3]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      if (k == never - 1) {
        break;
      }
      FloatVector x04 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 4]);
      s4 = x04.fma(v0, s4);
      t4 = x04.fma(w0, t4);
      FloatVector x05 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 5]);
      s5 = x05.fma(v0, s5);
      t5 = x05.fma(w0, t5);
      if (k == never - 2) {
        break;
      }
      int offset1 = offsets[k + 1];
      FloatVector v1 = FloatVector.fromArray(FLOATS, image, at0 + offset1);
      FloatVector w1 = FloatVector.fromArray(FLOATS, image, at1 + offset1);
      FloatVector x10 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 0]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      if (k == never - 3) {
        break;
      }
      FloatVector x12 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 2]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 3]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
      if (k == never - 4) {
        break;
      }
      FloatVector x14 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 4]);
      s4 = x14.fma(v1, s4);
      t4 = x14.fma(w1, t4);
      FloatVector x15 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 5]);
      s5 = x15.fma(v1, s5);
      t5 = x15.fma(w1, t5);
    }
    FloatVector b0 = FloatVector.broadcast(FLOATS, bias[bt + 0]);
    s0.add(b0).add(0.0f).intoArray(out, to0 + 0 * plane);
    t0.add(b0).add(0.0f).intoArray(out, to1 + 0 * plane);
    FloatVector b1 = FloatVector.broadcast(FLOATS, bias[bt + 1]);
    s1.add(b1).add(0.0f).intoArray(out, to0 + 1 * plane);
    t1.add(b1).add(0.0f).intoArray(out, to1 + 1 * plane);
    FloatVector b2 = FloatVector.broadcast(FLOATS, bias[bt + 2]);
    s2.add(b2).add(0.0f).intoArray(out, to0 + 2 * plane);
    t2.add(b2).add(0.0f).intoArray(out, to1 + 2 * plane);
    FloatVector b3 = FloatVector.broadcast(FLOATS, bias[bt + 3]);
    s3.add(b3).add(0.0f).intoArray(out, to0 + 3 * plane);
    t3.add(b3).add(0.0f).intoArray(out, to1 + 3 * plane);
    FloatVector b4 = FloatVector.broadcast(FLOATS, bias[bt + 4]);
    s4.add(b4).add(0.0f).intoArray(out, to0 + 4 * plane);
    t4.add(b4).add(0.0f).intoArray(out, to1 + 4 * plane);
    FloatVector b5 = FloatVector.broadcast(FLOATS, bias[bt + 5]);
    s5.add(b5).add(0.0f).intoArray(out, to0 + 5 * plane);
    t5.add(b5).add(0.0f).intoArray(out, to1 + 5 * plane);
  }

  /** Four output channels by two vectors of positions. */
  static void four(
      int terms,
      int[] offsets,
      float[] image,
      int at0,
      int at1,
      float[] weights,
      int wt,
      float[] bias,
      int bt,
      float[] out,
      int to0,
      int to1,
      int plane) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector t0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector t1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector t2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector t3 = FloatVector.zero(FLOATS);
    for (int k = 0; k < terms; k += 2) {
      int offset0 = offsets[k];
      FloatVector v0 = FloatVector.fromArray(FLOATS, image, at0 + offset0);
      FloatVector w0 = FloatVector.fromArray(FLOATS, image, at1 + offset0);
      FloatVector x00 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 1]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 2]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, weights[wt + (k + 0) * 8 + 3]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      int offset1 = offsets[k + 1];
      FloatVector v1 = FloatVector.fromArray(FLOATS, image, at0 + offset1);
      FloatVector w1 = FloatVector.fromArray(FLOATS, image, at1 + offset1);
      FloatVector x10 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 0]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 2]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, weights[wt + (k + 1) * 8 + 3]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
    }
    FloatVector b0 = FloatVector.broadcast(FLOATS, bias[bt + 0]);
    s0.add(b0).add(0.0f).intoArray(out, to0 + 0 * plane);
    t0.add(b0).add(0.0f).intoArray(out, to1 + 0 * plane);
    FloatVector b1 = FloatVector.broadcast(FLOATS, bias[bt + 1]);
    s1.add(b1).add(0.0f).intoArray(out, to0 + 1 * plane);
    t1.add(b1).add(0.0f).intoArray(out, to1 + 1 * plane);
    FloatVector b2 = FloatVector.broadcast(FLOATS, bias[bt + 2]);
    s2.add(b2).add(0.0f).intoArray(out, to0 + 2 * plane);
    t2.add(b2).add(0.0f).intoArray(out, to1 + 2 * plane);
    FloatVector b3 = FloatVector.broadcast(FLOATS, bias[bt + 3]);
    s3.add(b3).add(0.0f).intoArray(out, to0 + 3 * plane);
    t3.add(b3).add(0.0f).intoArray(out, to1 + 3 * plane);
  }
}
