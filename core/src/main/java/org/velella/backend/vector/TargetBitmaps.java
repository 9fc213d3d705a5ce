package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.velella.synapse.Connectivity;

/**
 * A connectivity as one bit per pair, and the counting of rows: how many of the listed sources have
 * a synapse to a target. Eight rows at a time go through a tree of carry-save adders into counters
 * whose bits lie in planes, one bit of each plane per target; the planes are read at the end.
 *
 * <p>Targets are cut into tiles of one vector of bits; the tiles of a row lie side by side. After
 * the last source comes a row of zeros, which fills up a list to a multiple of eight.
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

  /** Half of the bits of a word. */
  private static final int HALF = Integer.SIZE / 2;

  private static final int LOW_HALF = 0xFFFF;
  private static final int LOWEST_OF_HALVES = 0x10001;

  /** The bits of half a word, for shifting each to its lane. */
  private static final int[] LANES = lanes();

  private final int tiles;
  private final int zeroRow;
  private final long[] bitmaps;
  private final int[] planes = new int[PLANES * 2 * WORDS];
  private int[] rows = new int[MOST_ROWS];

  TargetBitmaps(Connectivity synapses) {
    tiles = tiles(synapses.targets());
    zeroRow = synapses.sources();
    bitmaps = new long[(int) words(synapses)];
    for (int k = 0; k < synapses.sources(); k++) {
      for (int e = synapses.offsets()[k]; e < synapses.offsets()[k + 1]; e++) {
        int target = synapses.columns()[e];
        int tile = target / TILE;
        int bit = target - tile * TILE;
        bitmaps[(k * tiles + tile) * WORDS + (bit >> 6)] |= 1L << bit;
      }
    }
  }

  private static int tiles(int targets) {
    return (targets + TILE - 1) / TILE;
  }

  /** How many words the bitmaps of a connectivity take. */
  static long words(Connectivity synapses) {
    return (long) tiles(synapses.targets()) * (synapses.sources() + 1) * WORDS;
  }

  private static int[] lanes() {
    int[] lanes = new int[HALF];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = i;
    }
    return lanes;
  }

  /** How many numbers {@link #count} writes: the targets, rounded up to whole tiles. */
  int paddedTargets() {
    return tiles * TILE;
  }

  /**
   * Counts, for every target, the sources with a synapse to it.
   *
   * @param sources the numbers of the first {@code count} are taken
   * @param counts gets {@link #paddedTargets()} numbers
   */
  void count(int[] sources, int count, int[] counts) {
    int padded = (count + GROUP - 1) / GROUP * GROUP;
    if (rows.length < padded) {
      rows = new int[padded];
    }
    for (int i = 0; i < padded; i++) {
      rows[i] = (i < count ? sources[i] : zeroRow) * tiles * WORDS;
    }
    if (count == 0) {
      Arrays.fill(counts, 0, paddedTargets(), 0);
    }
    for (int tile = 0; tile < tiles; tile++) {
      int base = tile * WORDS;
      for (int from = 0; from < padded; from += MOST_ROWS) {
        int to = Math.min(padded, from + MOST_ROWS);
        add(bitmaps, base, rows, from, to, planes);
        int used = Integer.SIZE - Integer.numberOfLeadingZeros(to - from);
        for (int word = 0; word < 2 * WORDS; word++) {
          read(planes, used, word, counts, tile * TILE + word * Integer.SIZE, from == 0);
        }
      }
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
   * Writes or adds the counters of 32 targets, whose bits lie in one word of each plane. A lane
   * takes two of them, 16 targets apart, in its halves.
   */
  private static void read(int[] planes, int used, int word, int[] counts, int at, boolean first) {
    for (int part = 0; part < HALF; part += Lanes.COUNT) {
      IntVector lanes = IntVector.fromArray(Lanes.INTS, LANES, part);
      IntVector pair = IntVector.zero(Lanes.INTS);
      for (int plane = used - 1; plane >= 0; plane--) {
        IntVector bits =
            IntVector.broadcast(Lanes.INTS, planes[plane * 2 * WORDS + word])
                .lanewise(LSHR, lanes)
                .and(LOWEST_OF_HALVES);
        pair = pair.add(pair).or(bits);
      }
      IntVector low = pair.and(LOW_HALF);
      IntVector high = pair.lanewise(LSHR, HALF);
      if (!first) {
        low = low.add(IntVector.fromArray(Lanes.INTS, counts, at + part));
        high = high.add(IntVector.fromArray(Lanes.INTS, counts, at + HALF + part));
      }
      low.intoArray(counts, at + part);
      high.intoArray(counts, at + HALF + part);
    }
  }
}
