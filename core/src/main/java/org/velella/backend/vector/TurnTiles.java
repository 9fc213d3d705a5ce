package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns positions of channels into channels of positions, eight by eight: three rounds that
 * exchange halves, quarters and eighths. Vectors of sixteen lanes do two at a time, and a last
 * round joins two of those.
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
    turn(sums, at, width, scratch, 0);
    if (COUNT == 8) {
      for (int i = 0; i < 8; i++) {
        write(FloatVector.fromArray(FLOATS, scratch, i * COUNT), bias[bt + i], out, to + i * plane);
      }
      return;
    }
    turn(sums, at + 8 * width, width, scratch, 8 * COUNT);
    joinLow(scratch, bias, bt, out, to, plane);
    if (channels == COUNT) {
      joinHigh(scratch, bias, bt + 8, out, to + 8 * plane, plane);
    }
  }

  /** The last round, for the first half of the channels; the other half lies eight lanes on. */
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

  private static void joinHigh(
      float[] scratch, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high = IntVector.fromArray(INTS, HIGH8, 0);
    IntVector low = high.not();
    for (int i = 0; i < 8; i++) {
      IntVector a = FloatVector.fromArray(FLOATS, scratch, i * COUNT).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(FLOATS, scratch, (8 + i) * COUNT).reinterpretAsInts();
      IntVector joined = a.rearrange(SWAP8).and(low).or(b.and(high));
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
}
