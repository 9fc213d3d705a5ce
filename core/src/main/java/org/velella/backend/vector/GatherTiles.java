package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.XOR;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;
import static org.velella.backend.vector.TurnTiles.HIGH1;
import static org.velella.backend.vector.TurnTiles.HIGH2;
import static org.velella.backend.vector.TurnTiles.SWAP1;
import static org.velella.backend.vector.TurnTiles.SWAP2;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sums of listed weights for four positions at a time, in registers, and the first two rounds of
 * turning them. {@code entries[q * stride + 4 * i + j]} says where the weights of entry i of
 * position {@code 4 * q + j} begin; {@code lengths[q]} is four times the longest of four lists.
 * Weights lie from {@code wt} on, sums from {@code st} on.
 */
final class GatherTiles {
  /** Weights of one entry: two vectors of channels. */
  static final int ENTRY = 2 * COUNT;

  private GatherTiles() {}

  /** Makes the lists zero again. */
  static void clear(int[] lengths, int stride, int[] entries) {
    IntVector zero = IntVector.zero(INTS);
    for (int q = 0; q < lengths.length; q++) {
      int first = q * stride;
      for (int i = first; i < first + lengths[q]; i += COUNT) {
        zero.intoArray(entries, i);
      }
    }
  }

  /** The first vector of channels alone. */
  static void one(
      int[] lengths, int stride, int[] entries, float[] weights, int wt, float[] sums, int st) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector low1 = high1.not();
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector low2 = high2.not();
    for (int q = 0; q < lengths.length; q++) {
      FloatVector s00 = FloatVector.zero(FLOATS);
      FloatVector s01 = FloatVector.zero(FLOATS);
      FloatVector s02 = FloatVector.zero(FLOATS);
      FloatVector s03 = FloatVector.zero(FLOATS);
      int first = q * stride;
      int end = first + lengths[q];
      for (int i = first; i < end; i += 4) {
        int w0 = wt + entries[i + 0];
        s00 = s00.add(FloatVector.fromArray(FLOATS, weights, w0));
        int w1 = wt + entries[i + 1];
        s01 = s01.add(FloatVector.fromArray(FLOATS, weights, w1));
        int w2 = wt + entries[i + 2];
        s02 = s02.add(FloatVector.fromArray(FLOATS, weights, w2));
        int w3 = wt + entries[i + 3];
        s03 = s03.add(FloatVector.fromArray(FLOATS, weights, w3));
      }
      int to0 = st + q * 4 * COUNT;

      IntVector i00 = s00.reinterpretAsInts();
      IntVector i01 = s01.reinterpretAsInts();
      IntVector i02 = s02.reinterpretAsInts();
      IntVector i03 = s03.reinterpretAsInts();
      IntVector b00 = i00.lanewise(XOR, i00.lanewise(XOR, i01.rearrange(SWAP1)).and(high1));
      IntVector b01 = i01.lanewise(XOR, i01.lanewise(XOR, i00.rearrange(SWAP1)).and(low1));
      IntVector b02 = i02.lanewise(XOR, i02.lanewise(XOR, i03.rearrange(SWAP1)).and(high1));
      IntVector b03 = i03.lanewise(XOR, i03.lanewise(XOR, i02.rearrange(SWAP1)).and(low1));
      IntVector c00 = b00.lanewise(XOR, b00.lanewise(XOR, b02.rearrange(SWAP2)).and(high2));
      IntVector c02 = b02.lanewise(XOR, b02.lanewise(XOR, b00.rearrange(SWAP2)).and(low2));
      IntVector c01 = b01.lanewise(XOR, b01.lanewise(XOR, b03.rearrange(SWAP2)).and(high2));
      IntVector c03 = b03.lanewise(XOR, b03.lanewise(XOR, b01.rearrange(SWAP2)).and(low2));
      c00.reinterpretAsFloats().intoArray(sums, to0);
      c01.reinterpretAsFloats().intoArray(sums, to0 + COUNT);
      c02.reinterpretAsFloats().intoArray(sums, to0 + 2 * COUNT);
      c03.reinterpretAsFloats().intoArray(sums, to0 + 3 * COUNT);
    }
  }

  /** Two vectors of channels; sums of the second lie {@code plane} behind the first. */
  static void two(
      int[] lengths,
      int stride,
      int[] entries,
      float[] weights,
      int wt,
      float[] sums,
      int st,
      int plane) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector low1 = high1.not();
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector low2 = high2.not();
    for (int q = 0; q < lengths.length; q++) {
      FloatVector s00 = FloatVector.zero(FLOATS);
      FloatVector s01 = FloatVector.zero(FLOATS);
      FloatVector s02 = FloatVector.zero(FLOATS);
      FloatVector s03 = FloatVector.zero(FLOATS);
      FloatVector s10 = FloatVector.zero(FLOATS);
      FloatVector s11 = FloatVector.zero(FLOATS);
      FloatVector s12 = FloatVector.zero(FLOATS);
      FloatVector s13 = FloatVector.zero(FLOATS);
      int first = q * stride;
      int end = first + lengths[q];
      for (int i = first; i < end; i += 4) {
        int w0 = wt + entries[i + 0];
        s00 = s00.add(FloatVector.fromArray(FLOATS, weights, w0));
        s10 = s10.add(FloatVector.fromArray(FLOATS, weights, w0 + 1 * COUNT));
        int w1 = wt + entries[i + 1];
        s01 = s01.add(FloatVector.fromArray(FLOATS, weights, w1));
        s11 = s11.add(FloatVector.fromArray(FLOATS, weights, w1 + 1 * COUNT));
        int w2 = wt + entries[i + 2];
        s02 = s02.add(FloatVector.fromArray(FLOATS, weights, w2));
        s12 = s12.add(FloatVector.fromArray(FLOATS, weights, w2 + 1 * COUNT));
        int w3 = wt + entries[i + 3];
        s03 = s03.add(FloatVector.fromArray(FLOATS, weights, w3));
        s13 = s13.add(FloatVector.fromArray(FLOATS, weights, w3 + 1 * COUNT));
      }
      int to0 = st + q * 4 * COUNT;
      int to1 = st + q * 4 * COUNT + plane;

      IntVector i00 = s00.reinterpretAsInts();
      IntVector i01 = s01.reinterpretAsInts();
      IntVector i02 = s02.reinterpretAsInts();
      IntVector i03 = s03.reinterpretAsInts();
      IntVector b00 = i00.lanewise(XOR, i00.lanewise(XOR, i01.rearrange(SWAP1)).and(high1));
      IntVector b01 = i01.lanewise(XOR, i01.lanewise(XOR, i00.rearrange(SWAP1)).and(low1));
      IntVector b02 = i02.lanewise(XOR, i02.lanewise(XOR, i03.rearrange(SWAP1)).and(high1));
      IntVector b03 = i03.lanewise(XOR, i03.lanewise(XOR, i02.rearrange(SWAP1)).and(low1));
      IntVector c00 = b00.lanewise(XOR, b00.lanewise(XOR, b02.rearrange(SWAP2)).and(high2));
      IntVector c02 = b02.lanewise(XOR, b02.lanewise(XOR, b00.rearrange(SWAP2)).and(low2));
      IntVector c01 = b01.lanewise(XOR, b01.lanewise(XOR, b03.rearrange(SWAP2)).and(high2));
      IntVector c03 = b03.lanewise(XOR, b03.lanewise(XOR, b01.rearrange(SWAP2)).and(low2));
      c00.reinterpretAsFloats().intoArray(sums, to0);
      c01.reinterpretAsFloats().intoArray(sums, to0 + COUNT);
      c02.reinterpretAsFloats().intoArray(sums, to0 + 2 * COUNT);
      c03.reinterpretAsFloats().intoArray(sums, to0 + 3 * COUNT);

      IntVector i10 = s10.reinterpretAsInts();
      IntVector i11 = s11.reinterpretAsInts();
      IntVector i12 = s12.reinterpretAsInts();
      IntVector i13 = s13.reinterpretAsInts();
      IntVector b10 = i10.lanewise(XOR, i10.lanewise(XOR, i11.rearrange(SWAP1)).and(high1));
      IntVector b11 = i11.lanewise(XOR, i11.lanewise(XOR, i10.rearrange(SWAP1)).and(low1));
      IntVector b12 = i12.lanewise(XOR, i12.lanewise(XOR, i13.rearrange(SWAP1)).and(high1));
      IntVector b13 = i13.lanewise(XOR, i13.lanewise(XOR, i12.rearrange(SWAP1)).and(low1));
      IntVector c10 = b10.lanewise(XOR, b10.lanewise(XOR, b12.rearrange(SWAP2)).and(high2));
      IntVector c12 = b12.lanewise(XOR, b12.lanewise(XOR, b10.rearrange(SWAP2)).and(low2));
      IntVector c11 = b11.lanewise(XOR, b11.lanewise(XOR, b13.rearrange(SWAP2)).and(high2));
      IntVector c13 = b13.lanewise(XOR, b13.lanewise(XOR, b11.rearrange(SWAP2)).and(low2));
      c10.reinterpretAsFloats().intoArray(sums, to1);
      c11.reinterpretAsFloats().intoArray(sums, to1 + COUNT);
      c12.reinterpretAsFloats().intoArray(sums, to1 + 2 * COUNT);
      c13.reinterpretAsFloats().intoArray(sums, to1 + 3 * COUNT);
    }
  }
}
