package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.velella.synapse.Connectivity;

/**
 * A connectivity as one bit per pair, and the counting of rows: how many of the listed sources have
 * a synapse to a target. Eight rows at a time go through a tree of carry-save adders into counters
 * whose bits lie in planes, one bit of each plane per target; the planes are read at the end.
 *
 * <p>Targets are cut into tiles of one vector of bits; the tiles of a row lie side by side. Within
 * a tile, targets go lane by lane, taken as 32-bit numbers: bit b of lane l is target {@code b *
 * lanes + l}, so that one bit of all lanes is a vector of targets. After the last source comes a
 * row of zeros, which fills up a list to a multiple of eight.
 */
final class TargetBitmaps {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int WORDS = LONGS.length();

  /** Targets of a tile. */
  static final int TILE = WORDS * Long.SIZE;

  private static final int GROUP = 8;
  private static final int PLANES = 7;

  /** So many rows count to less than 2^7. */
  private static final int MOST_ROWS = 120;

  private static final int LOW_BYTE = 0xFF;
  private static final int LOWEST_OF_BYTES = 0x01010101;

  private final int tiles;
  private final int zeroRow;
  private final long[] bitmaps;
  private final int[] planes = new int[PLANES * 2 * WORDS];
  private final int targets;
  private final float[] lastTile = new float[TILE];
  private int[] rows = new int[MOST_ROWS];
  private int[] sums = new int[0];

  TargetBitmaps(Connectivity synapses) {
    targets = synapses.targets();
    tiles = tiles(targets);
    zeroRow = synapses.sources();
    bitmaps = new long[(int) words(synapses)];
    for (int k = 0; k < synapses.sources(); k++) {
      for (int e = synapses.offsets()[k]; e < synapses.offsets()[k + 1]; e++) {
        int target = synapses.columns()[e];
        int tile = target / TILE;
        int lane = (target - tile * TILE) % COUNT;
        int bit = (target - tile * TILE) / COUNT + (lane & 1) * Integer.SIZE;
        bitmaps[(k * tiles + tile) * WORDS + (lane >> 1)] |= 1L << bit;
      }
    }
  }

  /** How many tiles a row has. */
  int tiles() {
    return tiles;
  }

  private static int tiles(int targets) {
    return (targets + TILE - 1) / TILE;
  }

  /** How many words the bitmaps of a connectivity take. */
  static long words(Connectivity synapses) {
    return (long) tiles(synapses.targets()) * (synapses.sources() + 1) * WORDS;
  }

  /**
   * Writes, for every target, the weight times the number of sources with a synapse to it, plus +0.
   *
   * @param sources the numbers of the first {@code count} are taken
   * @param out takes a number for each target from {@code to} on
   */
  void weigh(int[] sources, int count, float weight, float[] out, int to) {
    if (count == 0) {
      Arrays.fill(out, to, to + targets, 0f);
      return;
    }
    int padded = (count + GROUP - 1) / GROUP * GROUP;
    if (rows.length < padded) {
      rows = new int[padded];
    }
    for (int i = 0; i < padded; i++) {
      rows[i] = (i < count ? sources[i] : zeroRow) * tiles * WORDS;
    }
    for (int tile = 0; tile < tiles; tile++) {
      int left = targets - tile * TILE;
      float[] into = left < TILE ? lastTile : out;
      int at = left < TILE ? 0 : to + tile * TILE;
      if (padded <= MOST_ROWS) {
        add(bitmaps, tile * WORDS, rows, 0, padded, planes);
        weighTile(planes, used(count), weight, into, at);
      } else {
        weighMany(tile * WORDS, padded, weight, into, at);
      }
      if (left < TILE) {
        System.arraycopy(lastTile, 0, out, to + tile * TILE, left);
      }
    }
  }

  /** Planes that so many rows can reach. */
  private static int used(int rows) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(rows);
  }

  private void weighMany(int base, int padded, float weight, float[] out, int at) {
    sums = sums.length == 0 ? new int[TILE] : sums;
    Arrays.fill(sums, 0);
    for (int from = 0; from < padded; from += MOST_ROWS) {
      int to = Math.min(padded, from + MOST_ROWS);
      add(bitmaps, base, rows, from, to, planes);
      sum(planes, used(to - from), sums);
    }
    for (int i = 0; i < TILE; i++) {
      out[at + i] = weight * sums[i] + 0.0f;
    }
  }

  /** Counts up to 120 rows, in groups of eight, into planes. */
  private static void add(long[] bitmaps, int base, int[] rows, int from, int to, int[] planes) {
    LongVector p0 = LongVector.zero(LONGS);
    LongVector p1 = LongVector.zero(LONGS);
    LongVector p2 = LongVector.zero(LONGS);
    LongVector p3 = LongVector.zero(LONGS);
    LongVector p4 = LongVector.zero(LONGS);
    LongVector p5 = LongVector.zero(LONGS);
    LongVector p6 = LongVector.zero(LONGS);
    for (int i = from; i < to; i += GROUP) {
      // Each adder takes a plane p and two summands a, b: sum and carry are made of p ^ a.
      LongVector a = row(bitmaps, base + rows[i]);
      LongVector b = row(bitmaps, base + rows[i + 1]);
      LongVector half = p0.lanewise(XOR, a);
      LongVector two = p0.and(a).or(half.and(b));
      p0 = half.lanewise(XOR, b);
      a = row(bitmaps, base + rows[i + 2]);
      b = row(bitmaps, base + rows[i + 3]);
      half = p0.lanewise(XOR, a);
      LongVector carry = p0.and(a).or(half.and(b));
      p0 = half.lanewise(XOR, b);
      half = p1.lanewise(XOR, two);
      LongVector four = p1.and(two).or(half.and(carry));
      p1 = half.lanewise(XOR, carry);
      a = row(bitmaps, base + rows[i + 4]);
      b = row(bitmaps, base + rows[i + 5]);
      half = p0.lanewise(XOR, a);
      two = p0.and(a).or(half.and(b));
      p0 = half.lanewise(XOR, b);
      a = row(bitmaps, base + rows[i + 6]);
      b = row(bitmaps, base + rows[i + 7]);
      half = p0.lanewise(XOR, a);
      carry = p0.and(a).or(half.and(b));
      p0 = half.lanewise(XOR, b);
      half = p1.lanewise(XOR, two);
      a = p1.and(two).or(half.and(carry));
      p1 = half.lanewise(XOR, carry);
      half = p2.lanewise(XOR, four);
      LongVector eight = p2.and(four).or(half.and(a));
      p2 = half.lanewise(XOR, a);
      carry = p3.and(eight);
      p3 = p3.lanewise(XOR, eight);
      a = p4.and(carry);
      p4 = p4.lanewise(XOR, carry);
      p6 = p6.lanewise(XOR, p5.and(a));
      p5 = p5.lanewise(XOR, a);
    }
    int words = 2 * WORDS;
    p0.reinterpretAsInts().intoArray(planes, 0);
    p1.reinterpretAsInts().intoArray(planes, words);
    p2.reinterpretAsInts().intoArray(planes, 2 * words);
    p3.reinterpretAsInts().intoArray(planes, 3 * words);
    p4.reinterpretAsInts().intoArray(planes, 4 * words);
    p5.reinterpretAsInts().intoArray(planes, 5 * words);
    p6.reinterpretAsInts().intoArray(planes, 6 * words);
  }

  private static LongVector row(long[] bitmaps, int at) {
    return LongVector.fromArray(LONGS, bitmaps, at);
  }

  /**
   * Reads the planes. The counters of four vectors of targets lie in the bytes of each lane: those
   * of one bit, of the bit eight places on, and so forth. Shifts by a variable number are by a
   * vector of it: the JIT of Java 17 may give wrong bits for shifts by a variable number as such.
   */
  private static void weighTile(int[] planes, int used, float weight, float[] out, int at) {
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, weight);
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      IntVector shift = IntVector.broadcast(INTS, bit);
      IntVector four = IntVector.zero(INTS);
      for (int plane = used - 1; plane >= 0; plane--) {
        IntVector all = IntVector.fromArray(INTS, planes, plane * COUNT);
        four = four.add(four).or(all.lanewise(LSHR, shift).and(LOWEST_OF_BYTES));
      }
      int to = at + bit * COUNT;
      FloatVector number = (FloatVector) four.and(LOW_BYTE).convert(I2F, 0);
      factor.mul(number).add(zero).intoArray(out, to);
      number = (FloatVector) four.lanewise(LSHR, 8).and(LOW_BYTE).convert(I2F, 0);
      factor.mul(number).add(zero).intoArray(out, to + 8 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 16).and(LOW_BYTE).convert(I2F, 0);
      factor.mul(number).add(zero).intoArray(out, to + 16 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 24).convert(I2F, 0);
      factor.mul(number).add(zero).intoArray(out, to + 24 * COUNT);
    }
  }

  /** As {@link #weighTile}, which is not shared: vectors that a method gives back may be boxed. */
  private static void sum(int[] planes, int used, int[] sums) {
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      IntVector shift = IntVector.broadcast(INTS, bit);
      IntVector four = IntVector.zero(INTS);
      for (int plane = used - 1; plane >= 0; plane--) {
        IntVector all = IntVector.fromArray(INTS, planes, plane * COUNT);
        four = four.add(four).or(all.lanewise(LSHR, shift).and(LOWEST_OF_BYTES));
      }
      int to = bit * COUNT;
      IntVector count = four.and(LOW_BYTE);
      count.add(IntVector.fromArray(INTS, sums, to)).intoArray(sums, to);
      to += 8 * COUNT;
      count = four.lanewise(LSHR, 8).and(LOW_BYTE);
      count.add(IntVector.fromArray(INTS, sums, to)).intoArray(sums, to);
      to += 8 * COUNT;
      count = four.lanewise(LSHR, 16).and(LOW_BYTE);
      count.add(IntVector.fromArray(INTS, sums, to)).intoArray(sums, to);
      to += 8 * COUNT;
      count = four.lanewise(LSHR, 24);
      count.add(IntVector.fromArray(INTS, sums, to)).intoArray(sums, to);
    }
  }
}
