package org.velella.backend.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.velella.encoding.CounterRandom;

/**
 * The words of {@link CounterRandom}, one block per 64-bit lane. A lane holds a 32-bit word, so
 * that the product of two words fits.
 */
final class VectorRandom {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;

  /** Blocks of one pass. */
  static final int BLOCKS = LONGS.length();

  private static final long UNSIGNED = 0xFFFFFFFFL;
  private static final LongVector LANES = LongVector.zero(LONGS).addIndex(1);
  private static final LongVector WORD = LongVector.broadcast(LONGS, UNSIGNED);
  private static final LongVector MULTIPLIER_0 = word(CounterRandom.MULTIPLIER_0);
  private static final LongVector MULTIPLIER_1 = word(CounterRandom.MULTIPLIER_1);
  private static final LongVector WEYL_0 = word(CounterRandom.WEYL_0);
  private static final LongVector WEYL_1 = word(CounterRandom.WEYL_1);

  // Two vectors a, b of pairs of words become a0 b0 a1 b1 …: the order of the blocks' words.
  private static final VectorShuffle<Long> LOWER = VectorShuffle.fromOp(LONGS, i -> i / 2);
  private static final VectorShuffle<Long> UPPER =
      VectorShuffle.fromOp(LONGS, i -> (i + BLOCKS) / 2);
  private static final VectorMask<Long> ODD = VectorMask.fromLong(LONGS, 0xAAAAAAAAAAAAAAAAL);

  private VectorRandom() {}

  private static LongVector word(int value) {
    return LongVector.broadcast(LONGS, value & UNSIGNED);
  }

  /** As {@link CounterRandom#words}. */
  static void words(
      long key, long sampleId, long step, int firstBlock, int blocks, int[] out, int at) {
    CounterRandom.requireStep(step);
    int whole = blocks - blocks % BLOCKS;
    for (int b = 0; b < whole; b += BLOCKS) {
      pass(key, sampleId, step, firstBlock + b, out, at + CounterRandom.BLOCK_WORDS * b);
    }
    CounterRandom.words(
        key,
        sampleId,
        step,
        firstBlock + whole,
        blocks - whole,
        out,
        at + CounterRandom.BLOCK_WORDS * whole);
  }

  /**
   * One pass. The rounds stay a loop, which the compiler unrolls after it has taken in the vector
   * operations; written out, they are more than it takes in.
   */
  private static void pass(long key, long sampleId, long step, int block, int[] out, int at) {
    LongVector c0 = LANES.add(LongVector.broadcast(LONGS, block)).and(WORD);
    LongVector c1 = LongVector.broadcast(LONGS, step);
    LongVector c2 = LongVector.broadcast(LONGS, sampleId & UNSIGNED);
    LongVector c3 = LongVector.broadcast(LONGS, sampleId >>> 32);
    LongVector k0 = LongVector.broadcast(LONGS, key & UNSIGNED);
    LongVector k1 = LongVector.broadcast(LONGS, key >>> 32);
    for (int round = 0; round < CounterRandom.ROUNDS; round++) {
      LongVector product0 = c0.mul(MULTIPLIER_0);
      LongVector product1 = c2.mul(MULTIPLIER_1);
      c0 = high(product1).lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, k0);
      c2 = high(product0).lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, k1);
      // Only what is multiplied must be a clean word; elsewhere the upper halves do no harm.
      c0 = c0.and(WORD);
      c2 = c2.and(WORD);
      c1 = product1;
      c3 = product0;
      k0 = k0.add(WEYL_0);
      k1 = k1.add(WEYL_1);
    }
    LongVector a = c0.or(c1.lanewise(VectorOperators.LSHL, 32));
    LongVector b = c2.or(c3.lanewise(VectorOperators.LSHL, 32));
    IntVector lower = a.rearrange(LOWER).blend(b.rearrange(LOWER), ODD).reinterpretAsInts();
    lower.intoArray(out, at);
    IntVector upper = a.rearrange(UPPER).blend(b.rearrange(UPPER), ODD).reinterpretAsInts();
    upper.intoArray(out, at + lower.length());
  }

  private static LongVector high(LongVector product) {
    return product.lanewise(VectorOperators.LSHR, 32);
  }
}
