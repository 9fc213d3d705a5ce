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
   * and up to a vector of channels c.
   *
   * @param channels 8, or 16 where vectors have sixteen lanes
   * @param scratch a vector for each position
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
    turnFours(sums, at, width, scratch);
    if (COUNT == 16) {
      turnSixteen(scratch, bias, bt, channels, out, to, plane);
    } else {
      turnEight(scratch, bias, bt, out, to, plane);
    }
  }

  /** Rounds of single lanes and pairs, for four positions at a time. */
  private static void turnFours(float[] sums, int at, int width, float[] scratch) {
    IntVector high1 = IntVector.fromArray(INTS, HIGH1, 0);
    IntVector low1 = high1.not();
    IntVector high2 = IntVector.fromArray(INTS, HIGH2, 0);
    IntVector low2 = high2.not();
    for (int p = 0; p < COUNT; p += 4) {
      int from = at + p * width;
      IntVector a0 = FloatVector.fromArray(FLOATS, sums, from + 0 * width).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, sums, from + 1 * width).reinterpretAsInts();
      IntVector a2 = FloatVector.fromArray(FLOATS, sums, from + 2 * width).reinterpretAsInts();
      IntVector a3 = FloatVector.fromArray(FLOATS, sums, from + 3 * width).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP1)).and(high1));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP1)).and(low1));
      IntVector b2 = a2.lanewise(XOR, a2.lanewise(XOR, a3.rearrange(SWAP1)).and(high1));
      IntVector b3 = a3.lanewise(XOR, a3.lanewise(XOR, a2.rearrange(SWAP1)).and(low1));
      IntVector c0 = b0.lanewise(XOR, b0.lanewise(XOR, b2.rearrange(SWAP2)).and(high2));
      IntVector c2 = b2.lanewise(XOR, b2.lanewise(XOR, b0.rearrange(SWAP2)).and(low2));
      IntVector c1 = b1.lanewise(XOR, b1.lanewise(XOR, b3.rearrange(SWAP2)).and(high2));
      IntVector c3 = b3.lanewise(XOR, b3.lanewise(XOR, b1.rearrange(SWAP2)).and(low2));
      c0.reinterpretAsFloats().intoArray(scratch, (p + 0) * COUNT);
      c1.reinterpretAsFloats().intoArray(scratch, (p + 1) * COUNT);
      c2.reinterpretAsFloats().intoArray(scratch, (p + 2) * COUNT);
      c3.reinterpretAsFloats().intoArray(scratch, (p + 3) * COUNT);
    }
  }

  /** Rounds of fours and eights, for four channels at a time that lie four apart. */
  private static void turnSixteen(
      float[] scratch, float[] bias, int bt, int channels, float[] out, int to, int plane) {
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    IntVector high8 = IntVector.fromArray(INTS, HIGH8, 0);
    IntVector low8 = high8.not();
    for (int c = 0; c < 4; c++) {
      IntVector a0 = FloatVector.fromArray(FLOATS, scratch, (c + 0) * COUNT).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, scratch, (c + 4) * COUNT).reinterpretAsInts();
      IntVector a2 = FloatVector.fromArray(FLOATS, scratch, (c + 8) * COUNT).reinterpretAsInts();
      IntVector a3 = FloatVector.fromArray(FLOATS, scratch, (c + 12) * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP4)).and(high4));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP4)).and(low4));
      IntVector b2 = a2.lanewise(XOR, a2.lanewise(XOR, a3.rearrange(SWAP4)).and(high4));
      IntVector b3 = a3.lanewise(XOR, a3.lanewise(XOR, a2.rearrange(SWAP4)).and(low4));
      IntVector c0 = b0.lanewise(XOR, b0.lanewise(XOR, b2.rearrange(SWAP8)).and(high8));
      IntVector c2 = b2.lanewise(XOR, b2.lanewise(XOR, b0.rearrange(SWAP8)).and(low8));
      IntVector c1 = b1.lanewise(XOR, b1.lanewise(XOR, b3.rearrange(SWAP8)).and(high8));
      IntVector c3 = b3.lanewise(XOR, b3.lanewise(XOR, b1.rearrange(SWAP8)).and(low8));
      c0.reinterpretAsFloats().add(bias[bt + c]).add(0.0f).intoArray(out, to + c * plane);
      c1.reinterpretAsFloats().add(bias[bt + c + 4]).add(0.0f).intoArray(out, to + (c + 4) * plane);
      if (channels == 16) {
        c2.reinterpretAsFloats()
            .add(bias[bt + c + 8])
            .add(0.0f)
            .intoArray(out, to + (c + 8) * plane);
        c3.reinterpretAsFloats()
            .add(bias[bt + c + 12])
            .add(0.0f)
            .intoArray(out, to + (c + 12) * plane);
      }
    }
  }

  /** The round of fours, where vectors have eight lanes. */
  private static void turnEight(
      float[] scratch, float[] bias, int bt, float[] out, int to, int plane) {
    IntVector high4 = IntVector.fromArray(INTS, HIGH4, 0);
    IntVector low4 = high4.not();
    for (int c = 0; c < 4; c++) {
      IntVector a0 = FloatVector.fromArray(FLOATS, scratch, c * COUNT).reinterpretAsInts();
      IntVector a1 = FloatVector.fromArray(FLOATS, scratch, (c + 4) * COUNT).reinterpretAsInts();
      IntVector b0 = a0.lanewise(XOR, a0.lanewise(XOR, a1.rearrange(SWAP4)).and(high4));
      IntVector b1 = a1.lanewise(XOR, a1.lanewise(XOR, a0.rearrange(SWAP4)).and(low4));
      b0.reinterpretAsFloats().add(bias[bt + c]).add(0.0f).intoArray(out, to + c * plane);
      b1.reinterpretAsFloats().add(bias[bt + c + 4]).add(0.0f).intoArray(out, to + (c + 4) * plane);
    }
  }
}
