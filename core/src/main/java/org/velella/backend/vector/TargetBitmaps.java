package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
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
 * whose bits lie in planes, one bit of each plane per target; the planes are read at the end. Eight
 * rows are read from beginning to end before the next ones, since they come from memory; the planes
 * of all targets are small enough for the cache.
 *
 * <p>Targets are cut into tiles of one vector of bits; the tiles of a row lie side by side. Within
 * a tile, targets go lane by lane, taken as 32-bit numbers: bit b of lane l is target {@code b *
 * lanes + l}, so that one bit of all lanes is a vector of targets. After the last source comes a
 * row of zeros, which fills up a list to a multiple of eight.
 *
 * <p>C2 makes methods of up to 325 bytes a part of one that calls them often. So long loops over
 * vectors have more: what became of several was beyond what C2 inlines whole (see {@link Ballast})
 * in one of three or four JVMs, and took five times as long. (The loop that sums counters is short,
 * and the only one that its caller takes in.)
 */
final class TargetBitmaps {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int WORDS = LONGS.length();

  /** Targets of a tile. */
  static final int TILE = WORDS * Long.SIZE;

  private static final int GROUP = 8;

  /** A counter is a byte once the planes are turned. */
  private static final int PLANES = 8;

  /** Where a tile's carries lie, two vectors of them that count four each, beside its planes. */
  private static final int FOURS = PLANES * WORDS;

  private static final int MORE_FOURS = FOURS + WORDS;

  /** Words of a tile's planes and carries. */
  private static final int PITCH = MORE_FOURS + WORDS;

  /** So many rows count to less than 2^8. */
  private static final int MOST_ROWS = 248;

  private static final int LOW_BYTE = 0xFF;
  private static final long LOW_HALVES = 0x0F0F0F0F0F0F0F0FL;
  private static final long LOW_PAIRS = 0x3333333333333333L;
  private static final long EVEN_BITS = 0x5555555555555555L;

  private final int tiles;
  private final int zeroRow;
  private final long[] bitmaps;
  private final long[] planes;
  private final int targets;
  private final float[] lastTile = new float[TILE];
  private int[] rows = new int[MOST_ROWS];
  private int[] sums = new int[0];

  TargetBitmaps(Connectivity synapses) {
    targets = synapses.targets();
    tiles = tiles(targets);
    zeroRow = synapses.sources();
    planes = new long[tiles * PITCH];
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
    if (padded > MOST_ROWS) {
      weighMany(padded, weight, out, to);
      return;
    }
    count(0, padded);
    for (int tile = 0; tile < tiles; tile++) {
      int left = targets - tile * TILE;
      boolean whole = left >= TILE;
      turn(planes, tile * PITCH);
      weighTile(planes, tile * PITCH, weight, whole ? out : lastTile, whole ? to + tile * TILE : 0);
      if (!whole) {
        System.arraycopy(lastTile, 0, out, to + tile * TILE, left);
      }
    }
  }

  private void weighMany(int padded, float weight, float[] out, int to) {
    sums = sums.length == 0 ? new int[tiles * TILE] : sums;
    Arrays.fill(sums, 0);
    for (int from = 0; from < padded; from += MOST_ROWS) {
      count(from, Math.min(padded, from + MOST_ROWS));
      for (int tile = 0; tile < tiles; tile++) {
        turn(planes, tile * PITCH);
        sum(planes, tile * PITCH, sums, tile * TILE);
      }
    }
    for (int i = 0; i < targets; i++) {
      out[to + i] = weight * sums[i] + 0.0f;
    }
  }

  /** Counts rows, at most 248, in the planes of all tiles. */
  private void count(int from, int to) {
    Arrays.fill(planes, 0);
    for (int i = from; i < to; i += GROUP) {
      addGroup(bitmaps, rows, i, planes);
      addCarries(planes);
    }
  }

  /**
   * Adds eight rows to the planes of one and two, and leaves what they carry. With the other planes
   * it would be more operations than the JIT takes in, and some vectors would be objects.
   */
  private static void addGroup(long[] bitmaps, int[] rows, int i, long[] planes) {
    int row0 = rows[i];
    int row1 = rows[i + 1];
    int row2 = rows[i + 2];
    int row3 = rows[i + 3];
    int row4 = rows[i + 4];
    int row5 = rows[i + 5];
    int row6 = rows[i + 6];
    int row7 = rows[i + 7];
    for (int at = 0, p = 0; p < planes.length; at += WORDS, p += PITCH) {
      LongVector p0 = row(planes, p);
      LongVector p1 = row(planes, p + WORDS);
      // Each adder takes a plane p and summands a, b; the carry is b where p and a differ, else a.
      LongVector a = row(bitmaps, row0 + at);
      LongVector b = row(bitmaps, row1 + at);
      LongVector half = p0.lanewise(XOR, a);
      LongVector two = a.lanewise(XOR, half.and(a.lanewise(XOR, b)));
      p0 = half.lanewise(XOR, b);
      a = row(bitmaps, row2 + at);
      b = row(bitmaps, row3 + at);
      half = p0.lanewise(XOR, a);
      LongVector carry = a.lanewise(XOR, half.and(a.lanewise(XOR, b)));
      p0 = half.lanewise(XOR, b);
      half = p1.lanewise(XOR, two);
      half.and(two.lanewise(XOR, carry)).lanewise(XOR, two).intoArray(planes, p + FOURS);
      p1 = half.lanewise(XOR, carry);
      a = row(bitmaps, row4 + at);
      b = row(bitmaps, row5 + at);
      half = p0.lanewise(XOR, a);
      two = a.lanewise(XOR, half.and(a.lanewise(XOR, b)));
      p0 = half.lanewise(XOR, b);
      a = row(bitmaps, row6 + at);
      b = row(bitmaps, row7 + at);
      half = p0.lanewise(XOR, a);
      carry = a.lanewise(XOR, half.and(a.lanewise(XOR, b)));
      p0 = half.lanewise(XOR, b);
      half = p1.lanewise(XOR, two);
      half.lanewise(XOR, carry).intoArray(planes, p + WORDS);
      half.and(two.lanewise(XOR, carry)).lanewise(XOR, two).intoArray(planes, p + MORE_FOURS);
      p0.intoArray(planes, p);
    }
  }

  /**
   * Adds what groups of eight rows have carried to the planes of four and more. Calls are written
   * out to make this method long enough to stay one.
   */
  private static void addCarries(long[] planes) {
    for (int p = 0; p < planes.length; p += PITCH) {
      LongVector a = LongVector.fromArray(LONGS, planes, p + FOURS);
      LongVector b = LongVector.fromArray(LONGS, planes, p + MORE_FOURS);
      LongVector plane = LongVector.fromArray(LONGS, planes, p + 2 * WORDS);
      LongVector half = plane.lanewise(XOR, a);
      half.lanewise(XOR, b).intoArray(planes, p + 2 * WORDS);
      LongVector carry = a.lanewise(XOR, half.and(a.lanewise(XOR, b)));
      plane = LongVector.fromArray(LONGS, planes, p + 3 * WORDS);
      plane.lanewise(XOR, carry).intoArray(planes, p + 3 * WORDS);
      carry = carry.and(plane);
      plane = LongVector.fromArray(LONGS, planes, p + 4 * WORDS);
      plane.lanewise(XOR, carry).intoArray(planes, p + 4 * WORDS);
      carry = carry.and(plane);
      plane = LongVector.fromArray(LONGS, planes, p + 5 * WORDS);
      plane.lanewise(XOR, carry).intoArray(planes, p + 5 * WORDS);
      carry = carry.and(plane);
      plane = LongVector.fromArray(LONGS, planes, p + 6 * WORDS);
      plane.lanewise(XOR, carry).intoArray(planes, p + 6 * WORDS);
      carry = carry.and(plane);
      plane = LongVector.fromArray(LONGS, planes, p + 7 * WORDS);
      plane.lanewise(XOR, carry).intoArray(planes, p + 7 * WORDS);
    }
  }

  private static LongVector row(long[] words, int at) {
    return LongVector.fromArray(LONGS, words, at);
  }

  /**
   * Turns the planes of a tile into bytes that are counters: bit k of a byte of vector b is bit b
   * of that byte of plane k. Blocks of four by four bits change places, then of two by two, then
   * bits.
   */
  private static void turn(long[] planes, int at) {
    LongVector p0 = row(planes, at);
    LongVector p1 = row(planes, at + WORDS);
    LongVector p2 = row(planes, at + 2 * WORDS);
    LongVector p3 = row(planes, at + 3 * WORDS);
    LongVector p4 = row(planes, at + 4 * WORDS);
    LongVector p5 = row(planes, at + 5 * WORDS);
    LongVector p6 = row(planes, at + 6 * WORDS);
    LongVector p7 = row(planes, at + 7 * WORDS);
    LongVector other = p0.lanewise(LSHR, 4).lanewise(XOR, p4).and(LOW_HALVES);
    p0 = p0.lanewise(XOR, other.lanewise(LSHL, 4));
    p4 = p4.lanewise(XOR, other);
    other = p1.lanewise(LSHR, 4).lanewise(XOR, p5).and(LOW_HALVES);
    p1 = p1.lanewise(XOR, other.lanewise(LSHL, 4));
    p5 = p5.lanewise(XOR, other);
    other = p2.lanewise(LSHR, 4).lanewise(XOR, p6).and(LOW_HALVES);
    p2 = p2.lanewise(XOR, other.lanewise(LSHL, 4));
    p6 = p6.lanewise(XOR, other);
    other = p3.lanewise(LSHR, 4).lanewise(XOR, p7).and(LOW_HALVES);
    p3 = p3.lanewise(XOR, other.lanewise(LSHL, 4));
    p7 = p7.lanewise(XOR, other);
    other = p0.lanewise(LSHR, 2).lanewise(XOR, p2).and(LOW_PAIRS);
    p0 = p0.lanewise(XOR, other.lanewise(LSHL, 2));
    p2 = p2.lanewise(XOR, other);
    other = p1.lanewise(LSHR, 2).lanewise(XOR, p3).and(LOW_PAIRS);
    p1 = p1.lanewise(XOR, other.lanewise(LSHL, 2));
    p3 = p3.lanewise(XOR, other);
    other = p4.lanewise(LSHR, 2).lanewise(XOR, p6).and(LOW_PAIRS);
    p4 = p4.lanewise(XOR, other.lanewise(LSHL, 2));
    p6 = p6.lanewise(XOR, other);
    other = p5.lanewise(LSHR, 2).lanewise(XOR, p7).and(LOW_PAIRS);
    p5 = p5.lanewise(XOR, other.lanewise(LSHL, 2));
    p7 = p7.lanewise(XOR, other);
    other = p0.lanewise(LSHR, 1).lanewise(XOR, p1).and(EVEN_BITS);
    p0 = p0.lanewise(XOR, other.lanewise(LSHL, 1));
    p1 = p1.lanewise(XOR, other);
    other = p2.lanewise(LSHR, 1).lanewise(XOR, p3).and(EVEN_BITS);
    p2 = p2.lanewise(XOR, other.lanewise(LSHL, 1));
    p3 = p3.lanewise(XOR, other);
    other = p4.lanewise(LSHR, 1).lanewise(XOR, p5).and(EVEN_BITS);
    p4 = p4.lanewise(XOR, other.lanewise(LSHL, 1));
    p5 = p5.lanewise(XOR, other);
    other = p6.lanewise(LSHR, 1).lanewise(XOR, p7).and(EVEN_BITS);
    p6 = p6.lanewise(XOR, other.lanewise(LSHL, 1));
    p7 = p7.lanewise(XOR, other);
    p0.intoArray(planes, at);
    p1.intoArray(planes, at + WORDS);
    p2.intoArray(planes, at + 2 * WORDS);
    p3.intoArray(planes, at + 3 * WORDS);
    p4.intoArray(planes, at + 4 * WORDS);
    p5.intoArray(planes, at + 5 * WORDS);
    p6.intoArray(planes, at + 6 * WORDS);
    p7.intoArray(planes, at + 7 * WORDS);
  }

  /**
   * Weighs counters: vector b has those of the bits b, b + 8, b + 16 and b + 24 of its lanes. The
   * product of a count and a weight is rounded to 0 only if one of them is 0, so adding 0 at once
   * gives the same as adding it to the product. Two vectors in a turn of the loop make the method
   * long enough to stay one.
   */
  private static void weighTile(long[] planes, int base, float weight, float[] out, int at) {
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, weight);
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    for (int bit = 0; bit < Byte.SIZE; bit += 2) {
      IntVector four = row(planes, base + bit * WORDS).reinterpretAsInts();
      int to = at + bit * COUNT;
      FloatVector number = (FloatVector) four.and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to);
      number = (FloatVector) four.lanewise(LSHR, 8).and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 8 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 16).and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 16 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 24).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 24 * COUNT);
      four = row(planes, base + (bit + 1) * WORDS).reinterpretAsInts();
      to += COUNT;
      number = (FloatVector) four.and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to);
      number = (FloatVector) four.lanewise(LSHR, 8).and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 8 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 16).and(LOW_BYTE).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 16 * COUNT);
      number = (FloatVector) four.lanewise(LSHR, 24).convert(I2F, 0);
      number.fma(factor, zero).intoArray(out, to + 24 * COUNT);
    }
  }

  /** As {@link #weighTile}, which is not shared: vectors that a method gives back may be boxed. */
  private static void sum(long[] planes, int base, int[] sums, int at) {
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      IntVector four = row(planes, base + bit * WORDS).reinterpretAsInts();
      int to = at + bit * COUNT;
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
