package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.XOR;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns positions of channels into channels of positions in four rounds that exchange single lanes,
 * pairs, fours and eights; three where vectors have eight lanes.
 *
 * <p>All on vectors of the one preferred length: a second length in the same JVM would make the
 * Vector API's own type profiles ambiguous and box vectors everywhere. Two rounds of four vectors
 * are one turn of a loop: all sixteen at once are more than the compiler takes in. Lanes of a are
 * exchanged for those of b as {@code a ^ ((a ^ b) & mask)}, one operation on 512 bits.
 */
final class TurnTiles {
  static final VectorShuffle<Integer> SWAP1 = swap(1);
  static final VectorShuffle<Integer> SWAP2 = swap(2);
  private static final VectorShuffle<Integer> SWAP4 = swap(4);
  private static final VectorShuffle<Integer> SWAP8 = swap(8);
  static final int[] HIGH1 = high(1);
  static final int[] HIGH2 = high(2);
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

  /** Whether this JVM's vectors are long enough for the first two rounds. */
  static boolean foursFit() {
    return COUNT >= 4;
  }

  /** Whether they are for all of them. */
  static boolean fit() {
    return COUNT == 4 || COUNT == 8 || COUNT == 16;
  }

  /**
   * Where the sum of a position and channel lies after the first two rounds: they turn squares of
   * four positions and four channels.
   */
  static int place(int position, int channel) {
    return foursFit()
        ? ((position & -4) + (channel & 3)) * COUNT + (channel & -4) + (position & 3)
        : position * COUNT + channel;
  }

  /**
   * The last rounds: {@code out[c * plane + p] = sum of p and c + bias[c]} for some vectors of
   * positions p and up to a vector of channels c. No bias may be -0; then no output is.
   *
   * <p>The first rounds of all positions come before the last of any, so that what goes out is
   * written in a few long streams; rows of sixteen channels, a line each, would compete for the
   * same places in the cache.
   *
   * @param channels 8, or 16 where vectors have sixteen lanes, or 4 where they have four
   */
  static void finish(
      float[] sums,
      int at,
      int blocks,
      float[] bias,
      int bt,
      int channels,
      float[] out,
      int to,
      int plane) {
    for (int c = 0; c < 4; c++) {
      if (COUNT == 4) {
        copyFour(sums, at + c * COUNT, blocks, bias[bt + c], out, to + c * plane);
      } else if (COUNT == 8) {
        turnEight(sums, at + c * COUNT, blocks, bias, bt + c, out, to + c * plane, plane);
      } else if (channels == 8) {
        turnHalf(sums, at + c * COUNT, blocks, bias, bt + c, out, to + c * plane, plane);
      } else {
        turnSixteen(sums, at + c * COUNT, blocks, bias, bt + c, out, to + c * plane, plane);
      }
    }
  }

  /** The first two rounds, of single lanes and pairs, for four positions at a time. */
  static void turnFours(float[] sums, int at, int positions) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector low1 = high1.not();
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector low2 = high2.not();
    for (int p = 0; p < positions; p += 4) {
      int from = at + p * COUNT;
      IntVector a0 = FloatVector.fromArray(FLOATS, sums, from).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, sums, from + COUNT).reinterpretAsInts();
      IntVector a2 = FloatVector.fromArray(FLOATS, sums, from + 2 * COUNT).reinterpretAsInts();
      IntVector a3 = FloatVector.fromArray(FLOATS, sums, from + 3 * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP1)).and(high1));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP1)).and(low1));
      IntVector b2 = a2.lanewise(XOR, a2.lanewise(XOR, a3.rearrange(SWAP1)).and(high1));
      IntVector b3 = a3.lanewise(XOR, a3.lanewise(XOR, a2.rearrange(SWAP1)).and(low1));
      IntVector c0 = b0.lanewise(XOR, b0.lanewise(XOR, b2.rearrange(SWAP2)).and(high2));
      IntVector c2 = b2.lanewise(XOR, b2.lanewise(XOR, b0.rearrange(SWAP2)).and(low2));
      IntVector c1 = b1.lanewise(XOR, b1.lanewise(XOR, b3.rearrange(SWAP2)).and(high2));
      IntVector c3 = b3.lanewise(XOR, b3.lanewise(XOR, b1.rearrange(SWAP2)).and(low2));
      c0.reinterpretAsFloats().intoArray(sums, from);
      c1.reinterpretAsFloats().intoArray(sums, from + COUNT);
      c2.reinterpretAsFloats().intoArray(sums, from + 2 * COUNT);
      c3.reinterpretAsFloats().intoArray(sums, from + 3 * COUNT);
    }
  }

  /** No further round, where vectors have four lanes. */
  private static void copyFour(float[] sums, int at, int blocks, float bias, float[] out, int to) {
    for (int b = 0; b < blocks; b++) {
      int from = at + b * COUNT * COUNT;
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, from);
      sum.add(bias).intoArray(out, to + b * COUNT);
    }
  }

  /** Rounds of fours and eights, for channels 0, 4, 8 and 12 from {@code bt} on. */
  private static void turnSixteen(
      float[] sums, int at, int blocks, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    IntVector high8 = IntVector.fromArray(INTS, HIGH8, 0);
    IntVector low8 = high8.not();
    float bias0 = bias[bt];
    float bias4 = bias[bt + 4];
    float bias8 = bias[bt + 8];
    float bias12 = bias[bt + 12];
    for (int b = 0; b < blocks; b++) {
      int from = at + b * COUNT * COUNT;
      int o = to + b * COUNT;
      IntVector a0 = FloatVector.fromArray(FLOATS, sums, from).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, sums, from + 4 * COUNT).reinterpretAsInts();
      IntVector a2 = FloatVector.fromArray(FLOATS, sums, from + 8 * COUNT).reinterpretAsInts();
      IntVector a3 = FloatVector.fromArray(FLOATS, sums, from + 12 * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP4)).and(high4));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP4)).and(low4));
      IntVector b2 = a2.lanewise(XOR, a2.lanewise(XOR, a3.rearrange(SWAP4)).and(high4));
      IntVector b3 = a3.lanewise(XOR, a3.lanewise(XOR, a2.rearrange(SWAP4)).and(low4));
      IntVector c0 = b0.lanewise(XOR, b0.lanewise(XOR, b2.rearrange(SWAP8)).and(high8));
      IntVector c2 = b2.lanewise(XOR, b2.lanewise(XOR, b0.rearrange(SWAP8)).and(low8));
      IntVector c1 = b1.lanewise(XOR, b1.lanewise(XOR, b3.rearrange(SWAP8)).and(high8));
      IntVector c3 = b3.lanewise(XOR, b3.lanewise(XOR, b1.rearrange(SWAP8)).and(low8));
      c0.reinterpretAsFloats().add(bias0).intoArray(out, o);
      c1.reinterpretAsFloats().add(bias4).intoArray(out, o + 4 * plane);
      c2.reinterpretAsFloats().add(bias8).intoArray(out, o + 8 * plane);
      c3.reinterpretAsFloats().add(bias12).intoArray(out, o + 12 * plane);
    }
  }

  /** The same where only the lower half of sixteen lanes is wanted. */
  private static void turnHalf(
      float[] sums, int at, int blocks, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    IntVector high8 = IntVector.fromArray(INTS, HIGH8, 0);
    float bias0 = bias[bt];
    float bias4 = bias[bt + 4];
    for (int b = 0; b < blocks; b++) {
      int from = at + b * COUNT * COUNT;
      int o = to + b * COUNT;
      IntVector a0 = FloatVector.fromArray(FLOATS, sums, from).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, sums, from + 4 * COUNT).reinterpretAsInts();
      IntVector a2 = FloatVector.fromArray(FLOATS, sums, from + 8 * COUNT).reinterpretAsInts();
      IntVector a3 = FloatVector.fromArray(FLOATS, sums, from + 12 * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP4)).and(high4));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP4)).and(low4));
      IntVector b2 = a2.lanewise(XOR, a2.lanewise(XOR, a3.rearrange(SWAP4)).and(high4));
      IntVector b3 = a3.lanewise(XOR, a3.lanewise(XOR, a2.rearrange(SWAP4)).and(low4));
      IntVector c0 = b0.lanewise(XOR, b0.lanewise(XOR, b2.rearrange(SWAP8)).and(high8));
      IntVector c1 = b1.lanewise(XOR, b1.lanewise(XOR, b3.rearrange(SWAP8)).and(high8));
      c0.reinterpretAsFloats().add(bias0).intoArray(out, o);
      c1.reinterpretAsFloats().add(bias4).intoArray(out, o + 4 * plane);
    }
  }

  /** The round of fours, where vectors have eight lanes. */
  private static void turnEight(
      float[] sums, int at, int blocks, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    float bias0 = bias[bt];
    float bias4 = bias[bt + 4];
    for (int b = 0; b < blocks; b++) {
      int from = at + b * COUNT * COUNT;
      int o = to + b * COUNT;
      IntVector a0 = FloatVector.fromArray(FLOATS, sums, from).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, sums, from + 4 * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP4)).and(high4));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP4)).and(low4));
      b0.reinterpretAsFloats().add(bias0).intoArray(out, o);
      b1.reinterpretAsFloats().add(bias4).intoArray(out, o + 4 * plane);
    }
  }
}
