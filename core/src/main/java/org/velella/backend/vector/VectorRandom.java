package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.velella.encoding.CounterRandom;

/** The words of {@link CounterRandom} under one key, one count per lane. */
public final class VectorRandom {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = INTS.length();

  /** Counts of one pass: two vectors, so that one's operations fill the waiting of the other's. */
  private static final int PASS = 2 * LANES;

  /** The fewest blocks that are whole passes. */
  static final int BLOCKS = Math.max(1, PASS / CounterRandom.BLOCK_COUNTS);

  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  /** What eight rounds take of the schedule. */
  private static final int EIGHT_ROUNDS = 8 * LANES;

  /** What the last two rounds take of the schedule begins here. */
  private static final int LAST_ROUNDS = 20 * LANES;

  /** Twenty rounds on four words, two vectors of counts at a time. */
  private static final double PER_VECTOR = 60;

  private final long key;

  /** The words that are added, each in all lanes. */
  private final int[] schedule;

  /** The numbers of a key. */
  public VectorRandom(long key) {
    this.key = key;
    int[] words = CounterRandom.schedule((int) key, (int) (key >>> 32), 0, 0);
    schedule = new int[words.length * LANES];
    for (int i = 0; i < words.length; i++) {
      Arrays.fill(schedule, i * LANES, (i + 1) * LANES, words[i]);
    }
  }

  /** About how many vector operations so many words take. */
  static double operations(int words) {
    return PER_VECTOR * Math.max(2 * CounterRandom.BLOCK_WORDS, words) / LANES;
  }

  /** As {@link CounterRandom#words}. */
  public void words(long sampleId, long step, int firstBlock, int blocks, int[] out, int at) {
    CounterRandom.requireStep(step);
    // A vector longer than a block's counts would have to be stored in parts.
    int whole = LANES > CounterRandom.BLOCK_COUNTS ? 0 : blocks - blocks % BLOCKS;
    int word1 = (int) step + schedule[LANES];
    int word3 = (int) (sampleId >>> 32) + schedule[3 * LANES];
    // Until two rounds have mixed the count in, the other words are the same in all lanes.
    int sum0 = firstBlock * CounterRandom.BLOCK_COUNTS + schedule[0] + word1;
    int sum2 = (int) sampleId + schedule[2 * LANES] + word3;
    int turned1 = Integer.rotateLeft(word1, 10);
    int mixed3 = Integer.rotateLeft(word3, 26) ^ sum2;
    for (int c = 0; c < whole * CounterRandom.BLOCK_COUNTS; c += PASS) {
      int to = at + CounterRandom.place(c);
      int next = at + CounterRandom.place(c + LANES);
      rounds(schedule, sum0 + c, turned1, sum2, mixed3, out, to, next);
    }
    if (whole < blocks) {
      int rest = at + CounterRandom.BLOCK_WORDS * whole;
      CounterRandom.words(key, sampleId, step, firstBlock + whole, blocks - whole, out, rest);
    }
  }

  /**
   * The rounds of two vectors of counts; of the first two, what differs between lanes. Eight of
   * them stay a loop, and turning a word is written out: more operations, or a method for them, are
   * more than the compiler takes in, and then each vector is an object. A turn is two shifts, which
   * is also what Java 17 makes of ROL; joined by XOR in this order, they take one operation more.
   */
  private static void rounds(
      int[] schedule, int sum0, int turned1, int sum2, int mixed3, int[] out, int at, int next) {
    IntVector a0 = LANE.add(sum0);
    IntVector b0 = LANE.add(sum0 + LANES);
    IntVector k = IntVector.broadcast(INTS, turned1);
    IntVector a1 = a0.lanewise(XOR, k);
    IntVector b1 = b0.lanewise(XOR, k);
    k = IntVector.broadcast(INTS, mixed3);
    a0 = a0.add(k);
    b0 = b0.add(k);
    k = IntVector.broadcast(INTS, sum2);
    IntVector a2 = a1.add(k);
    IntVector b2 = b1.add(k);
    k = IntVector.broadcast(INTS, Integer.rotateLeft(mixed3, 11));
    IntVector a3 = a0.lanewise(XOR, k);
    IntVector b3 = b0.lanewise(XOR, k);
    a1 = a1.lanewise(LSHL, 21).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 11));
    b1 = b1.lanewise(LSHL, 21).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 11));
    for (int key = 4 * LANES; key < LAST_ROUNDS; key += EIGHT_ROUNDS) {
      a0 = a0.add(a1);
      a2 = a2.add(a3);
      b0 = b0.add(b1);
      b2 = b2.add(b3);
      a1 = a1.lanewise(LSHL, 13).lanewise(XOR, a0).lanewise(XOR, a1.lanewise(LSHR, 19));
      a3 = a3.lanewise(LSHL, 27).lanewise(XOR, a2).lanewise(XOR, a3.lanewise(LSHR, 5));
      b1 = b1.lanewise(LSHL, 13).lanewise(XOR, b0).lanewise(XOR, b1.lanewise(LSHR, 19));
      b3 = b3.lanewise(LSHL, 27).lanewise(XOR, b2).lanewise(XOR, b3.lanewise(LSHR, 5));
      a0 = a0.add(a3);
      a2 = a2.add(a1);
      b0 = b0.add(b3);
      b2 = b2.add(b1);
      a3 = a3.lanewise(LSHL, 23).lanewise(XOR, a0).lanewise(XOR, a3.lanewise(LSHR, 9));
      a1 = a1.lanewise(LSHL, 5).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 27));
      b3 = b3.lanewise(LSHL, 23).lanewise(XOR, b0).lanewise(XOR, b3.lanewise(LSHR, 9));
      b1 = b1.lanewise(LSHL, 5).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 27));
      k = IntVector.fromArray(INTS, schedule, key);
      a0 = a0.add(k);
      b0 = b0.add(k);
      k = IntVector.fromArray(INTS, schedule, key + LANES);
      a1 = a1.add(k);
      b1 = b1.add(k);
      k = IntVector.fromArray(INTS, schedule, key + 2 * LANES);
      a2 = a2.add(k);
      b2 = b2.add(k);
      k = IntVector.fromArray(INTS, schedule, key + 3 * LANES);
      a3 = a3.add(k);
      b3 = b3.add(k);
      a0 = a0.add(a1);
      a2 = a2.add(a3);
      b0 = b0.add(b1);
      b2 = b2.add(b3);
      a1 = a1.lanewise(LSHL, 6).lanewise(XOR, a0).lanewise(XOR, a1.lanewise(LSHR, 26));
      a3 = a3.lanewise(LSHL, 20).lanewise(XOR, a2).lanewise(XOR, a3.lanewise(LSHR, 12));
      b1 = b1.lanewise(LSHL, 6).lanewise(XOR, b0).lanewise(XOR, b1.lanewise(LSHR, 26));
      b3 = b3.lanewise(LSHL, 20).lanewise(XOR, b2).lanewise(XOR, b3.lanewise(LSHR, 12));
      a0 = a0.add(a3);
      a2 = a2.add(a1);
      b0 = b0.add(b3);
      b2 = b2.add(b1);
      a3 = a3.lanewise(LSHL, 17).lanewise(XOR, a0).lanewise(XOR, a3.lanewise(LSHR, 15));
      a1 = a1.lanewise(LSHL, 11).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 21));
      b3 = b3.lanewise(LSHL, 17).lanewise(XOR, b0).lanewise(XOR, b3.lanewise(LSHR, 15));
      b1 = b1.lanewise(LSHL, 11).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 21));
      a0 = a0.add(a1);
      a2 = a2.add(a3);
      b0 = b0.add(b1);
      b2 = b2.add(b3);
      a1 = a1.lanewise(LSHL, 25).lanewise(XOR, a0).lanewise(XOR, a1.lanewise(LSHR, 7));
      a3 = a3.lanewise(LSHL, 10).lanewise(XOR, a2).lanewise(XOR, a3.lanewise(LSHR, 22));
      b1 = b1.lanewise(LSHL, 25).lanewise(XOR, b0).lanewise(XOR, b1.lanewise(LSHR, 7));
      b3 = b3.lanewise(LSHL, 10).lanewise(XOR, b2).lanewise(XOR, b3.lanewise(LSHR, 22));
      a0 = a0.add(a3);
      a2 = a2.add(a1);
      b0 = b0.add(b3);
      b2 = b2.add(b1);
      a3 = a3.lanewise(LSHL, 18).lanewise(XOR, a0).lanewise(XOR, a3.lanewise(LSHR, 14));
      a1 = a1.lanewise(LSHL, 20).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 12));
      b3 = b3.lanewise(LSHL, 18).lanewise(XOR, b0).lanewise(XOR, b3.lanewise(LSHR, 14));
      b1 = b1.lanewise(LSHL, 20).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 12));
      k = IntVector.fromArray(INTS, schedule, key + 4 * LANES);
      a0 = a0.add(k);
      b0 = b0.add(k);
      k = IntVector.fromArray(INTS, schedule, key + 5 * LANES);
      a1 = a1.add(k);
      b1 = b1.add(k);
      k = IntVector.fromArray(INTS, schedule, key + 6 * LANES);
      a2 = a2.add(k);
      b2 = b2.add(k);
      k = IntVector.fromArray(INTS, schedule, key + 7 * LANES);
      a3 = a3.add(k);
      b3 = b3.add(k);
      a0 = a0.add(a1);
      a2 = a2.add(a3);
      b0 = b0.add(b1);
      b2 = b2.add(b3);
      a1 = a1.lanewise(LSHL, 10).lanewise(XOR, a0).lanewise(XOR, a1.lanewise(LSHR, 22));
      a3 = a3.lanewise(LSHL, 26).lanewise(XOR, a2).lanewise(XOR, a3.lanewise(LSHR, 6));
      b1 = b1.lanewise(LSHL, 10).lanewise(XOR, b0).lanewise(XOR, b1.lanewise(LSHR, 22));
      b3 = b3.lanewise(LSHL, 26).lanewise(XOR, b2).lanewise(XOR, b3.lanewise(LSHR, 6));
      a0 = a0.add(a3);
      a2 = a2.add(a1);
      b0 = b0.add(b3);
      b2 = b2.add(b1);
      a3 = a3.lanewise(LSHL, 11).lanewise(XOR, a0).lanewise(XOR, a3.lanewise(LSHR, 21));
      a1 = a1.lanewise(LSHL, 21).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 11));
      b3 = b3.lanewise(LSHL, 11).lanewise(XOR, b0).lanewise(XOR, b3.lanewise(LSHR, 21));
      b1 = b1.lanewise(LSHL, 21).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 11));
    }
    a0 = a0.add(a1);
    a2 = a2.add(a3);
    b0 = b0.add(b1);
    b2 = b2.add(b3);
    a1 = a1.lanewise(LSHL, 13).lanewise(XOR, a0).lanewise(XOR, a1.lanewise(LSHR, 19));
    a3 = a3.lanewise(LSHL, 27).lanewise(XOR, a2).lanewise(XOR, a3.lanewise(LSHR, 5));
    b1 = b1.lanewise(LSHL, 13).lanewise(XOR, b0).lanewise(XOR, b1.lanewise(LSHR, 19));
    b3 = b3.lanewise(LSHL, 27).lanewise(XOR, b2).lanewise(XOR, b3.lanewise(LSHR, 5));
    a0 = a0.add(a3);
    a2 = a2.add(a1);
    b0 = b0.add(b3);
    b2 = b2.add(b1);
    a3 = a3.lanewise(LSHL, 23).lanewise(XOR, a0).lanewise(XOR, a3.lanewise(LSHR, 9));
    a1 = a1.lanewise(LSHL, 5).lanewise(XOR, a2).lanewise(XOR, a1.lanewise(LSHR, 27));
    b3 = b3.lanewise(LSHL, 23).lanewise(XOR, b0).lanewise(XOR, b3.lanewise(LSHR, 9));
    b1 = b1.lanewise(LSHL, 5).lanewise(XOR, b2).lanewise(XOR, b1.lanewise(LSHR, 27));
    k = IntVector.fromArray(INTS, schedule, LAST_ROUNDS);
    a0 = a0.add(k);
    b0 = b0.add(k);
    k = IntVector.fromArray(INTS, schedule, LAST_ROUNDS + LANES);
    a1 = a1.add(k);
    b1 = b1.add(k);
    k = IntVector.fromArray(INTS, schedule, LAST_ROUNDS + 2 * LANES);
    a2 = a2.add(k);
    b2 = b2.add(k);
    k = IntVector.fromArray(INTS, schedule, LAST_ROUNDS + 3 * LANES);
    a3 = a3.add(k);
    b3 = b3.add(k);
    a0.intoArray(out, at);
    a1.intoArray(out, at + CounterRandom.BLOCK_COUNTS);
    a2.intoArray(out, at + 2 * CounterRandom.BLOCK_COUNTS);
    a3.intoArray(out, at + 3 * CounterRandom.BLOCK_COUNTS);
    b0.intoArray(out, next);
    b1.intoArray(out, next + CounterRandom.BLOCK_COUNTS);
    b2.intoArray(out, next + 2 * CounterRandom.BLOCK_COUNTS);
    b3.intoArray(out, next + 3 * CounterRandom.BLOCK_COUNTS);
  }
}
