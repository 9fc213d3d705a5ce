package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns positions of channels into channels of positions in rounds that exchange halves, quarters
 * and so on: eight by eight, or sixteen by sixteen where vectors have that many lanes.
 *
 * <p>All on vectors of the one preferred length: a second length in the same JVM would make the
 * Vector API's own type profiles ambiguous and box vectors everywhere.
 */
final class TurnTiles {
  private static final VectorShuffle<Integer> SWAP1 = swap(1);
  private static final VectorShuffle<Integer> SWAP2 = swap(2);
  private static final VectorShuffle<Integer> SWAP4 = swap(4);
  private static final VectorShuffle<Integer> SWAP8 = swap(8);
  private static final int[] HIGH1 = high(1);
  private static final int[] HIGH2 = high(2);
  private static final int[] HIGH4 = high(4);
  private static final int[] HIGH8 = high(8);

  private TurnTiles() {}

  private static VectorShuffle<Integer> swap(int distance) {
    return VectorShuffle.fromOp(INTS, lane -> (lane ^ distance) & (COUNT - 1));
  }

  /** All ones in the lanes that have a bit set in their number. */
  private static int[] high(int distance) {
    int[] lanes = new int[COUNT];
    for (int lane = 0; lane < COUNT; lane++) {
      lanes[lane] = (lane & distance) != 0 ? -1 : 0;
    }
    return lanes;
  }

  /** Whether this JVM's vectors are long enough. */
  static boolean fit() {
    return COUNT == 8 || COUNT == 16;
  }

  /**
   * {@code out[c * plane + p] = sums[p * width + c] + bias[c] + 0.0f} for a vector of positions p
   * and up to a vector of channels c. The sums are cleared.
   *
   * @param channels 8, or 16 where vectors have sixteen lanes
   * @param scratch two vectors for each of eight positions
   */
  static void finish(
      float[] sums,
      int at,
      int width,
      float[] bias,
      int bt,
      int channels,
      float[] scratch,
      float[] out,
      int to,
      int plane) {
    if (channels == 16) {
      sixteen(sums, at, width, bias, bt, out, to, plane);
      return;
    }
    turn(sums, at, width, scratch, 0);
    if (COUNT == 8) {
      for (int i = 0; i < 8; i++) {
        write(FloatVector.fromArray(FLOATS, scratch, i * COUNT), bias[bt + i], out, to + i * plane);
      }
      return;
    }
    turn(sums, at + 8 * width, width, scratch, 8 * COUNT);
    joinLow(scratch, bias, bt, out, to, plane);
  }

  /** The last round for eight channels: the others of the sixteen lanes are not wanted. */
  private static void joinLow(
      float[] scratch, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high = IntVector.fromArray(INTS, HIGH8, 0);
    IntVector low = high.not();
    for (int i = 0; i < 8; i++) {
      IntVector a = FloatVector.fromArray(FLOATS, scratch, i * COUNT).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(FLOATS, scratch, (8 + i) * COUNT).reinterpretAsInts();
      IntVector joined = a.and(low).or(b.rearrange(SWAP8).and(high));
      write(joined.reinterpretAsFloats(), bias[bt + i], out, to + i * plane);
    }
  }

  private static void write(FloatVector sum, float bias, float[] out, int to) {
    sum.add(bias).add(0.0f).intoArray(out, to);
  }

  /** Spelled out to stay in registers. Clears what it has read. */
  private static void turn(float[] sums, int at, int width, float[] scratch, int to) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low1 = high1.not();
    IntVector low2 = high2.not();
    IntVector low4 = high4.not();
    FloatVector zero = FloatVector.zero(FLOATS);
    IntVector a0 = FloatVector.fromArray(FLOATS, sums, at + 0 * width).reinterpretAsInts();
    IntVector a1 = FloatVector.fromArray(FLOATS, sums, at + 1 * width).reinterpretAsInts();
    IntVector a2 = FloatVector.fromArray(FLOATS, sums, at + 2 * width).reinterpretAsInts();
    IntVector a3 = FloatVector.fromArray(FLOATS, sums, at + 3 * width).reinterpretAsInts();
    IntVector a4 = FloatVector.fromArray(FLOATS, sums, at + 4 * width).reinterpretAsInts();
    IntVector a5 = FloatVector.fromArray(FLOATS, sums, at + 5 * width).reinterpretAsInts();
    IntVector a6 = FloatVector.fromArray(FLOATS, sums, at + 6 * width).reinterpretAsInts();
    IntVector a7 = FloatVector.fromArray(FLOATS, sums, at + 7 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 0 * width);
    zero.intoArray(sums, at + 1 * width);
    zero.intoArray(sums, at + 2 * width);
    zero.intoArray(sums, at + 3 * width);
    zero.intoArray(sums, at + 4 * width);
    zero.intoArray(sums, at + 5 * width);
    zero.intoArray(sums, at + 6 * width);
    zero.intoArray(sums, at + 7 * width);
    IntVector b0 = a0.and(low1).or(a1.rearrange(SWAP1).and(high1));
    IntVector b1 = a0.rearrange(SWAP1).and(low1).or(a1.and(high1));
    IntVector b2 = a2.and(low1).or(a3.rearrange(SWAP1).and(high1));
    IntVector b3 = a2.rearrange(SWAP1).and(low1).or(a3.and(high1));
    IntVector b4 = a4.and(low1).or(a5.rearrange(SWAP1).and(high1));
    IntVector b5 = a4.rearrange(SWAP1).and(low1).or(a5.and(high1));
    IntVector b6 = a6.and(low1).or(a7.rearrange(SWAP1).and(high1));
    IntVector b7 = a6.rearrange(SWAP1).and(low1).or(a7.and(high1));
    IntVector c0 = b0.and(low2).or(b2.rearrange(SWAP2).and(high2));
    IntVector c2 = b0.rearrange(SWAP2).and(low2).or(b2.and(high2));
    IntVector c1 = b1.and(low2).or(b3.rearrange(SWAP2).and(high2));
    IntVector c3 = b1.rearrange(SWAP2).and(low2).or(b3.and(high2));
    IntVector c4 = b4.and(low2).or(b6.rearrange(SWAP2).and(high2));
    IntVector c6 = b4.rearrange(SWAP2).and(low2).or(b6.and(high2));
    IntVector c5 = b5.and(low2).or(b7.rearrange(SWAP2).and(high2));
    IntVector c7 = b5.rearrange(SWAP2).and(low2).or(b7.and(high2));
    IntVector d0 = c0.and(low4).or(c4.rearrange(SWAP4).and(high4));
    IntVector d4 = c0.rearrange(SWAP4).and(low4).or(c4.and(high4));
    IntVector d1 = c1.and(low4).or(c5.rearrange(SWAP4).and(high4));
    IntVector d5 = c1.rearrange(SWAP4).and(low4).or(c5.and(high4));
    IntVector d2 = c2.and(low4).or(c6.rearrange(SWAP4).and(high4));
    IntVector d6 = c2.rearrange(SWAP4).and(low4).or(c6.and(high4));
    IntVector d3 = c3.and(low4).or(c7.rearrange(SWAP4).and(high4));
    IntVector d7 = c3.rearrange(SWAP4).and(low4).or(c7.and(high4));
    d0.reinterpretAsFloats().intoArray(scratch, to + 0 * COUNT);
    d1.reinterpretAsFloats().intoArray(scratch, to + 1 * COUNT);
    d2.reinterpretAsFloats().intoArray(scratch, to + 2 * COUNT);
    d3.reinterpretAsFloats().intoArray(scratch, to + 3 * COUNT);
    d4.reinterpretAsFloats().intoArray(scratch, to + 4 * COUNT);
    d5.reinterpretAsFloats().intoArray(scratch, to + 5 * COUNT);
    d6.reinterpretAsFloats().intoArray(scratch, to + 6 * COUNT);
    d7.reinterpretAsFloats().intoArray(scratch, to + 7 * COUNT);
  }

  /** Sixteen positions of sixteen channels at once. Spelled out to stay in registers. */
  private static void sixteen(
      float[] sums, int at, int width, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector low1 = high1.not();
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector low2 = high2.not();
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    IntVector high8 = IntVector.fromArray(INTS, HIGH8, 0);
    IntVector low8 = high8.not();
    FloatVector zero = FloatVector.zero(FLOATS);
    IntVector a0 = FloatVector.fromArray(FLOATS, sums, at + 0 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 0 * width);
    IntVector a1 = FloatVector.fromArray(FLOATS, sums, at + 1 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 1 * width);
    IntVector a2 = FloatVector.fromArray(FLOATS, sums, at + 2 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 2 * width);
    IntVector a3 = FloatVector.fromArray(FLOATS, sums, at + 3 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 3 * width);
    IntVector a4 = FloatVector.fromArray(FLOATS, sums, at + 4 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 4 * width);
    IntVector a5 = FloatVector.fromArray(FLOATS, sums, at + 5 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 5 * width);
    IntVector a6 = FloatVector.fromArray(FLOATS, sums, at + 6 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 6 * width);
    IntVector a7 = FloatVector.fromArray(FLOATS, sums, at + 7 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 7 * width);
    IntVector a8 = FloatVector.fromArray(FLOATS, sums, at + 8 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 8 * width);
    IntVector a9 = FloatVector.fromArray(FLOATS, sums, at + 9 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 9 * width);
    IntVector a10 = FloatVector.fromArray(FLOATS, sums, at + 10 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 10 * width);
    IntVector a11 = FloatVector.fromArray(FLOATS, sums, at + 11 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 11 * width);
    IntVector a12 = FloatVector.fromArray(FLOATS, sums, at + 12 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 12 * width);
    IntVector a13 = FloatVector.fromArray(FLOATS, sums, at + 13 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 13 * width);
    IntVector a14 = FloatVector.fromArray(FLOATS, sums, at + 14 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 14 * width);
    IntVector a15 = FloatVector.fromArray(FLOATS, sums, at + 15 * width).reinterpretAsInts();
    zero.intoArray(sums, at + 15 * width);
    IntVector b0 = a0.and(low1).or(a1.rearrange(SWAP1).and(high1));
    IntVector b1 = a0.rearrange(SWAP1).and(low1).or(a1.and(high1));
    IntVector b2 = a2.and(low1).or(a3.rearrange(SWAP1).and(high1));
    IntVector b3 = a2.rearrange(SWAP1).and(low1).or(a3.and(high1));
    IntVector b4 = a4.and(low1).or(a5.rearrange(SWAP1).and(high1));
    IntVector b5 = a4.rearrange(SWAP1).and(low1).or(a5.and(high1));
    IntVector b6 = a6.and(low1).or(a7.rearrange(SWAP1).and(high1));
    IntVector b7 = a6.rearrange(SWAP1).and(low1).or(a7.and(high1));
    IntVector b8 = a8.and(low1).or(a9.rearrange(SWAP1).and(high1));
    IntVector b9 = a8.rearrange(SWAP1).and(low1).or(a9.and(high1));
    IntVector b10 = a10.and(low1).or(a11.rearrange(SWAP1).and(high1));
    IntVector b11 = a10.rearrange(SWAP1).and(low1).or(a11.and(high1));
    IntVector b12 = a12.and(low1).or(a13.rearrange(SWAP1).and(high1));
    IntVector b13 = a12.rearrange(SWAP1).and(low1).or(a13.and(high1));
    IntVector b14 = a14.and(low1).or(a15.rearrange(SWAP1).and(high1));
    IntVector b15 = a14.rearrange(SWAP1).and(low1).or(a15.and(high1));
    IntVector c0 = b0.and(low2).or(b2.rearrange(SWAP2).and(high2));
    IntVector c2 = b0.rearrange(SWAP2).and(low2).or(b2.and(high2));
    IntVector c1 = b1.and(low2).or(b3.rearrange(SWAP2).and(high2));
    IntVector c3 = b1.rearrange(SWAP2).and(low2).or(b3.and(high2));
    IntVector c4 = b4.and(low2).or(b6.rearrange(SWAP2).and(high2));
    IntVector c6 = b4.rearrange(SWAP2).and(low2).or(b6.and(high2));
    IntVector c5 = b5.and(low2).or(b7.rearrange(SWAP2).and(high2));
    IntVector c7 = b5.rearrange(SWAP2).and(low2).or(b7.and(high2));
    IntVector c8 = b8.and(low2).or(b10.rearrange(SWAP2).and(high2));
    IntVector c10 = b8.rearrange(SWAP2).and(low2).or(b10.and(high2));
    IntVector c9 = b9.and(low2).or(b11.rearrange(SWAP2).and(high2));
    IntVector c11 = b9.rearrange(SWAP2).and(low2).or(b11.and(high2));
    IntVector c12 = b12.and(low2).or(b14.rearrange(SWAP2).and(high2));
    IntVector c14 = b12.rearrange(SWAP2).and(low2).or(b14.and(high2));
    IntVector c13 = b13.and(low2).or(b15.rearrange(SWAP2).and(high2));
    IntVector c15 = b13.rearrange(SWAP2).and(low2).or(b15.and(high2));
    IntVector d0 = c0.and(low4).or(c4.rearrange(SWAP4).and(high4));
    IntVector d4 = c0.rearrange(SWAP4).and(low4).or(c4.and(high4));
    IntVector d1 = c1.and(low4).or(c5.rearrange(SWAP4).and(high4));
    IntVector d5 = c1.rearrange(SWAP4).and(low4).or(c5.and(high4));
    IntVector d2 = c2.and(low4).or(c6.rearrange(SWAP4).and(high4));
    IntVector d6 = c2.rearrange(SWAP4).and(low4).or(c6.and(high4));
    IntVector d3 = c3.and(low4).or(c7.rearrange(SWAP4).and(high4));
    IntVector d7 = c3.rearrange(SWAP4).and(low4).or(c7.and(high4));
    IntVector d8 = c8.and(low4).or(c12.rearrange(SWAP4).and(high4));
    IntVector d12 = c8.rearrange(SWAP4).and(low4).or(c12.and(high4));
    IntVector d9 = c9.and(low4).or(c13.rearrange(SWAP4).and(high4));
    IntVector d13 = c9.rearrange(SWAP4).and(low4).or(c13.and(high4));
    IntVector d10 = c10.and(low4).or(c14.rearrange(SWAP4).and(high4));
    IntVector d14 = c10.rearrange(SWAP4).and(low4).or(c14.and(high4));
    IntVector d11 = c11.and(low4).or(c15.rearrange(SWAP4).and(high4));
    IntVector d15 = c11.rearrange(SWAP4).and(low4).or(c15.and(high4));
    IntVector e0 = d0.and(low8).or(d8.rearrange(SWAP8).and(high8));
    IntVector e8 = d0.rearrange(SWAP8).and(low8).or(d8.and(high8));
    IntVector e1 = d1.and(low8).or(d9.rearrange(SWAP8).and(high8));
    IntVector e9 = d1.rearrange(SWAP8).and(low8).or(d9.and(high8));
    IntVector e2 = d2.and(low8).or(d10.rearrange(SWAP8).and(high8));
    IntVector e10 = d2.rearrange(SWAP8).and(low8).or(d10.and(high8));
    IntVector e3 = d3.and(low8).or(d11.rearrange(SWAP8).and(high8));
    IntVector e11 = d3.rearrange(SWAP8).and(low8).or(d11.and(high8));
    IntVector e4 = d4.and(low8).or(d12.rearrange(SWAP8).and(high8));
    IntVector e12 = d4.rearrange(SWAP8).and(low8).or(d12.and(high8));
    IntVector e5 = d5.and(low8).or(d13.rearrange(SWAP8).and(high8));
    IntVector e13 = d5.rearrange(SWAP8).and(low8).or(d13.and(high8));
    IntVector e6 = d6.and(low8).or(d14.rearrange(SWAP8).and(high8));
    IntVector e14 = d6.rearrange(SWAP8).and(low8).or(d14.and(high8));
    IntVector e7 = d7.and(low8).or(d15.rearrange(SWAP8).and(high8));
    IntVector e15 = d7.rearrange(SWAP8).and(low8).or(d15.and(high8));
    e0.reinterpretAsFloats().add(bias[bt + 0]).add(0.0f).intoArray(out, to + 0 * plane);
    e1.reinterpretAsFloats().add(bias[bt + 1]).add(0.0f).intoArray(out, to + 1 * plane);
    e2.reinterpretAsFloats().add(bias[bt + 2]).add(0.0f).intoArray(out, to + 2 * plane);
    e3.reinterpretAsFloats().add(bias[bt + 3]).add(0.0f).intoArray(out, to + 3 * plane);
    e4.reinterpretAsFloats().add(bias[bt + 4]).add(0.0f).intoArray(out, to + 4 * plane);
    e5.reinterpretAsFloats().add(bias[bt + 5]).add(0.0f).intoArray(out, to + 5 * plane);
    e6.reinterpretAsFloats().add(bias[bt + 6]).add(0.0f).intoArray(out, to + 6 * plane);
    e7.reinterpretAsFloats().add(bias[bt + 7]).add(0.0f).intoArray(out, to + 7 * plane);
    e8.reinterpretAsFloats().add(bias[bt + 8]).add(0.0f).intoArray(out, to + 8 * plane);
    e9.reinterpretAsFloats().add(bias[bt + 9]).add(0.0f).intoArray(out, to + 9 * plane);
    e10.reinterpretAsFloats().add(bias[bt + 10]).add(0.0f).intoArray(out, to + 10 * plane);
    e11.reinterpretAsFloats().add(bias[bt + 11]).add(0.0f).intoArray(out, to + 11 * plane);
    e12.reinterpretAsFloats().add(bias[bt + 12]).add(0.0f).intoArray(out, to + 12 * plane);
    e13.reinterpretAsFloats().add(bias[bt + 13]).add(0.0f).intoArray(out, to + 13 * plane);
    e14.reinterpretAsFloats().add(bias[bt + 14]).add(0.0f).intoArray(out, to + 14 * plane);
    e15.reinterpretAsFloats().add(bias[bt + 15]).add(0.0f).intoArray(out, to + 15 * plane);
  }
}
