package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.velella.encoding.CounterRandom;

/**
 * The words of {@link CounterRandom} under one key, one block per 64-bit lane. A lane holds a
 * 32-bit word, so that the product of two words fits. Used by one thread.
 */
final class VectorRandom {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int LANES = LONGS.length();
  private static final int HALF_PASS = LANES * CounterRandom.BLOCK_WORDS;

  /** Blocks of one pass: two vectors, so that one's products fill the waiting of the other's. */
  static final int BLOCKS = 2 * LANES;

  private static final long UNSIGNED = 0xFFFFFFFFL;
  private static final LongVector WORD = LongVector.broadcast(LONGS, UNSIGNED);
  private static final LongVector MULTIPLIER_0 =
      LongVector.broadcast(LONGS, CounterRandom.MULTIPLIER_0 & UNSIGNED);
  private static final LongVector MULTIPLIER_1 =
      LongVector.broadcast(LONGS, CounterRandom.MULTIPLIER_1 & UNSIGNED);

  // Even lanes hold the first half of a vector's blocks, odd ones the second. Then two vectors of
  // pairs of words come into the order of the blocks by one shift of lanes each.
  private static final LongVector ORDER = lanes(i -> i / 2 + i % 2 * (LANES / 2));
  private static final LongVector ODD = lanes(i -> -(i % 2));
  private static final VectorShuffle<Long> FROM_EVEN = VectorShuffle.fromOp(LONGS, i -> i & ~1);
  private static final VectorShuffle<Long> FROM_ODD = VectorShuffle.fromOp(LONGS, i -> i | 1);

  private final long key;

  /** The two key words of each round, each in all lanes. */
  private final long[] schedule = new long[2 * CounterRandom.ROUNDS * LANES];

  /** Pairs of words as they come out of the rounds. */
  private final long[] pairs = new long[4 * LANES];

  /** The numbers of a key. */
  VectorRandom(long key) {
    this.key = key;
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < CounterRandom.ROUNDS; round++) {
      int at = 2 * round * LANES;
      java.util.Arrays.fill(schedule, at, at + LANES, k0 & UNSIGNED);
      java.util.Arrays.fill(schedule, at + LANES, at + 2 * LANES, k1 & UNSIGNED);
      k0 += CounterRandom.WEYL_0;
      k1 += CounterRandom.WEYL_1;
    }
  }

  private static LongVector lanes(java.util.function.IntUnaryOperator value) {
    long[] lanes = new long[LANES];
    java.util.Arrays.setAll(lanes, i -> value.applyAsInt(i));
    return LongVector.fromArray(LONGS, lanes, 0);
  }

  /** As {@link CounterRandom#words}. */
  void words(long sampleId, long step, int firstBlock, int blocks, int[] out, int at) {
    CounterRandom.requireStep(step);
    int whole = blocks - blocks % BLOCKS;
    for (int b = 0; b < whole; b += BLOCKS) {
      int to = at + CounterRandom.BLOCK_WORDS * b;
      rounds(schedule, sampleId, step, firstBlock + b, pairs);
      store(pairs, 0, out, to);
      store(pairs, 2 * LANES, out, to + HALF_PASS);
    }
    int rest = at + CounterRandom.BLOCK_WORDS * whole;
    CounterRandom.words(key, sampleId, step, firstBlock + whole, blocks - whole, out, rest);
  }

  /**
   * The rounds of two vectors of blocks. They stay a loop, which the compiler unrolls after it has
   * taken in the vector operations; written out, they are more than it takes in.
   */
  private static void rounds(long[] schedule, long sampleId, long step, int block, long[] pairs) {
    LongVector a0 = ORDER.add(LongVector.broadcast(LONGS, block)).and(WORD);
    LongVector b0 = ORDER.add(LongVector.broadcast(LONGS, block + LANES)).and(WORD);
    LongVector a1 = LongVector.broadcast(LONGS, step);
    LongVector b1 = a1;
    LongVector a2 = LongVector.broadcast(LONGS, sampleId & UNSIGNED);
    LongVector b2 = a2;
    LongVector a3 = LongVector.broadcast(LONGS, sampleId >>> 32);
    LongVector b3 = a3;
    for (int at = 0; at < 2 * CounterRandom.ROUNDS * LANES; at += 2 * LANES) {
      LongVector k0 = LongVector.fromArray(LONGS, schedule, at);
      LongVector k1 = LongVector.fromArray(LONGS, schedule, at + LANES);
      LongVector p0 = a0.mul(MULTIPLIER_0);
      LongVector p1 = a2.mul(MULTIPLIER_1);
      LongVector q0 = b0.mul(MULTIPLIER_0);
      LongVector q1 = b2.mul(MULTIPLIER_1);
      // Only what is multiplied must be a clean word; elsewhere the upper halves do no harm.
      a0 = p1.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0).and(WORD);
      a2 = p0.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1).and(WORD);
      b0 = q1.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0).and(WORD);
      b2 = q0.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1).and(WORD);
      a1 = p1;
      a3 = p0;
      b1 = q1;
      b3 = q0;
    }
    a0.or(a1.lanewise(LSHL, 32)).intoArray(pairs, 0);
    a2.or(a3.lanewise(LSHL, 32)).intoArray(pairs, LANES);
    b0.or(b1.lanewise(LSHL, 32)).intoArray(pairs, 2 * LANES);
    b2.or(b3.lanewise(LSHL, 32)).intoArray(pairs, 3 * LANES);
  }

  /** Brings a vector of first and one of second pairs into the order of the blocks. */
  private static void store(long[] pairs, int from, int[] out, int at) {
    LongVector first = LongVector.fromArray(LONGS, pairs, from);
    LongVector second = LongVector.fromArray(LONGS, pairs, from + LANES);
    LongVector shifted = second.rearrange(FROM_EVEN);
    LongVector lower = first.lanewise(XOR, first.lanewise(XOR, shifted).and(ODD));
    lower.reinterpretAsInts().intoArray(out, at);
    shifted = first.rearrange(FROM_ODD);
    LongVector upper = shifted.lanewise(XOR, shifted.lanewise(XOR, second).and(ODD));
    upper.reinterpretAsInts().intoArray(out, at + HALF_PASS / 2);
  }
}
