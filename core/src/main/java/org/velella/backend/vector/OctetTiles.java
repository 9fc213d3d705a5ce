package org.velella.backend.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Turns eight positions of eight channels into eight channels of eight positions. */
final class OctetTiles {
  static final int SIZE = 8;

  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final VectorShuffle<Float> SWAP1 = swap(1);
  private static final VectorShuffle<Float> SWAP2 = swap(2);
  private static final VectorShuffle<Float> SWAP4 = swap(4);
  private static final VectorMask<Float> HIGH1 = high(1);
  private static final VectorMask<Float> HIGH2 = high(2);
  private static final VectorMask<Float> HIGH4 = high(4);

  private OctetTiles() {}

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(EIGHT, lane -> lane ^ distance);
  }

  private static VectorMask<Float> high(int distance) {
    boolean[] lanes = new boolean[SIZE];
    for (int lane = 0; lane < SIZE; lane++) {
      lanes[lane] = (lane & distance) != 0;
    }
    return VectorMask.fromArray(EIGHT, lanes, 0);
  }

  /** Whether this JVM has vectors of eight lanes. */
  static boolean fit() {
    return Lanes.COUNT >= SIZE;
  }

  /**
   * {@code out[c * plane + p] = sums[p * width + c] + bias[c] + 0.0f} for eight p and eight c.
   * Three rounds that exchange halves, quarters and eighths; spelled out to stay in registers.
   */
  static void finish(
      float[] sums, int at, int width, float[] bias, int bt, float[] out, int to, int plane) {
    FloatVector a0 = FloatVector.fromArray(EIGHT, sums, at + 0 * width);
    FloatVector a1 = FloatVector.fromArray(EIGHT, sums, at + 1 * width);
    FloatVector a2 = FloatVector.fromArray(EIGHT, sums, at + 2 * width);
    FloatVector a3 = FloatVector.fromArray(EIGHT, sums, at + 3 * width);
    FloatVector a4 = FloatVector.fromArray(EIGHT, sums, at + 4 * width);
    FloatVector a5 = FloatVector.fromArray(EIGHT, sums, at + 5 * width);
    FloatVector a6 = FloatVector.fromArray(EIGHT, sums, at + 6 * width);
    FloatVector a7 = FloatVector.fromArray(EIGHT, sums, at + 7 * width);
    FloatVector b0 = a0.blend(a1.rearrange(SWAP1), HIGH1);
    FloatVector b1 = a0.rearrange(SWAP1).blend(a1, HIGH1);
    FloatVector b2 = a2.blend(a3.rearrange(SWAP1), HIGH1);
    FloatVector b3 = a2.rearrange(SWAP1).blend(a3, HIGH1);
    FloatVector b4 = a4.blend(a5.rearrange(SWAP1), HIGH1);
    FloatVector b5 = a4.rearrange(SWAP1).blend(a5, HIGH1);
    FloatVector b6 = a6.blend(a7.rearrange(SWAP1), HIGH1);
    FloatVector b7 = a6.rearrange(SWAP1).blend(a7, HIGH1);
    FloatVector c0 = b0.blend(b2.rearrange(SWAP2), HIGH2);
    FloatVector c2 = b0.rearrange(SWAP2).blend(b2, HIGH2);
    FloatVector c1 = b1.blend(b3.rearrange(SWAP2), HIGH2);
    FloatVector c3 = b1.rearrange(SWAP2).blend(b3, HIGH2);
    FloatVector c4 = b4.blend(b6.rearrange(SWAP2), HIGH2);
    FloatVector c6 = b4.rearrange(SWAP2).blend(b6, HIGH2);
    FloatVector c5 = b5.blend(b7.rearrange(SWAP2), HIGH2);
    FloatVector c7 = b5.rearrange(SWAP2).blend(b7, HIGH2);
    FloatVector d0 = c0.blend(c4.rearrange(SWAP4), HIGH4);
    FloatVector d4 = c0.rearrange(SWAP4).blend(c4, HIGH4);
    FloatVector d1 = c1.blend(c5.rearrange(SWAP4), HIGH4);
    FloatVector d5 = c1.rearrange(SWAP4).blend(c5, HIGH4);
    FloatVector d2 = c2.blend(c6.rearrange(SWAP4), HIGH4);
    FloatVector d6 = c2.rearrange(SWAP4).blend(c6, HIGH4);
    FloatVector d3 = c3.blend(c7.rearrange(SWAP4), HIGH4);
    FloatVector d7 = c3.rearrange(SWAP4).blend(c7, HIGH4);
    d0.add(bias[bt + 0]).add(0.0f).intoArray(out, to + 0 * plane);
    d1.add(bias[bt + 1]).add(0.0f).intoArray(out, to + 1 * plane);
    d2.add(bias[bt + 2]).add(0.0f).intoArray(out, to + 2 * plane);
    d3.add(bias[bt + 3]).add(0.0f).intoArray(out, to + 3 * plane);
    d4.add(bias[bt + 4]).add(0.0f).intoArray(out, to + 4 * plane);
    d5.add(bias[bt + 5]).add(0.0f).intoArray(out, to + 5 * plane);
    d6.add(bias[bt + 6]).add(0.0f).intoArray(out, to + 6 * plane);
    d7.add(bias[bt + 7]).add(0.0f).intoArray(out, to + 7 * plane);
  }
}
