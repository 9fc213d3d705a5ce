package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.velella.backend.scalar.ScalarPoissonCount;
import org.velella.encoding.PoissonCounts;

/**
 * Poisson numbers of one mean: every threshold is compared with a vector of words at a time. A
 * search word by word guesses wrong where it ends.
 *
 * <p>Words and likely thresholds are halved, so that the sign of a difference tells which is
 * larger; masks would take longer on Java 17. A word w = 2h + b reaches 2t if h is at least t, and
 * 2t - 1 if h + b is.
 */
final class VectorPoisson implements ScalarPoissonCount.Same {
  /** With more thresholds, the search of the definition, which begins near its end, is faster. */
  private static final int MOST_THRESHOLDS = 48;

  /** The likely numbers are those that all but one word of so many have. */
  private static final long RARE = 1L << 22;

  /** Vectors that share the reading of a threshold. */
  private static final int ROWS = 4;

  private PoissonCounts of;

  /** As signed numbers: with the sign bit turned, they order as the unsigned ones do. */
  private int[] thresholds;

  /** Of every likely threshold the largest h, or h + b, that does not reach it; even ones first. */
  private int[] below;

  /** How many of them are of even thresholds. */
  private int even;

  /** Half of the first threshold that few words reach, so that most vectors need not look. */
  private int rare;

  @Override
  public boolean count(PoissonCounts of, int[] words, int size, float[] out, int at) {
    if (this.of != of) {
      this.of = of;
      take(of.thresholds());
    }
    if (thresholds.length == 0 || thresholds.length > MOST_THRESHOLDS) {
      return false;
    }
    int whole = size - size % (ROWS * COUNT);
    for (int i = 0; i < whole; i += ROWS * COUNT) {
      if (likely(below, even, rare, words, i, out, at + i)) {
        for (int j = i; j < i + ROWS * COUNT; j += COUNT) {
          all(thresholds, words, j, out, at + j);
        }
      }
    }
    for (int i = whole; i < size; i++) {
      out[at + i] = of.count(words[i]);
    }
    return true;
  }

  private void take(int[] unsigned) {
    int likely = 0;
    while (likely < unsigned.length && Integer.toUnsignedLong(-unsigned[likely]) > RARE) {
      likely++;
    }
    below = new int[likely];
    int next = 0;
    for (int odd = 0; odd <= 1; odd++) {
      for (int i = 0; i < likely; i++) {
        if ((unsigned[i] & 1) == odd) {
          below[next++] = (unsigned[i] >>> 1) + odd - 1;
        }
      }
      even = odd == 0 ? next : even;
    }
    rare = likely < unsigned.length ? unsigned[likely] >>> 1 : Integer.MAX_VALUE;
    thresholds = unsigned.clone();
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] ^= Integer.MIN_VALUE;
    }
  }

  /**
   * Counts likely thresholds.
   *
   * @return whether some word may reach another one
   */
  private static boolean likely(
      int[] below, int even, int rare, int[] words, int i, float[] out, int at) {
    IntVector a = IntVector.fromArray(INTS, words, i);
    IntVector b = IntVector.fromArray(INTS, words, i + COUNT);
    IntVector c = IntVector.fromArray(INTS, words, i + 2 * COUNT);
    IntVector d = IntVector.fromArray(INTS, words, i + 3 * COUNT);
    IntVector halfA = a.lanewise(LSHR, 1);
    IntVector halfB = b.lanewise(LSHR, 1);
    IntVector halfC = c.lanewise(LSHR, 1);
    IntVector halfD = d.lanewise(LSHR, 1);
    IntVector ofA = IntVector.zero(INTS);
    IntVector ofB = IntVector.zero(INTS);
    IntVector ofC = IntVector.zero(INTS);
    IntVector ofD = IntVector.zero(INTS);
    for (int t = 0; t < even; t++) {
      IntVector most = IntVector.broadcast(INTS, below[t]);
      ofA = ofA.add(most.sub(halfA).lanewise(LSHR, 31));
      ofB = ofB.add(most.sub(halfB).lanewise(LSHR, 31));
      ofC = ofC.add(most.sub(halfC).lanewise(LSHR, 31));
      ofD = ofD.add(most.sub(halfD).lanewise(LSHR, 31));
    }
    IntVector upA = halfA.add(a.and(1));
    IntVector upB = halfB.add(b.and(1));
    IntVector upC = halfC.add(c.and(1));
    IntVector upD = halfD.add(d.and(1));
    for (int t = even; t < below.length; t++) {
      IntVector most = IntVector.broadcast(INTS, below[t]);
      ofA = ofA.add(most.sub(upA).lanewise(LSHR, 31));
      ofB = ofB.add(most.sub(upB).lanewise(LSHR, 31));
      ofC = ofC.add(most.sub(upC).lanewise(LSHR, 31));
      ofD = ofD.add(most.sub(upD).lanewise(LSHR, 31));
    }
    ((FloatVector) ofA.convert(I2F, 0)).intoArray(out, at);
    ((FloatVector) ofB.convert(I2F, 0)).intoArray(out, at + COUNT);
    ((FloatVector) ofC.convert(I2F, 0)).intoArray(out, at + 2 * COUNT);
    ((FloatVector) ofD.convert(I2F, 0)).intoArray(out, at + 3 * COUNT);
    return halfA.max(halfB).max(halfC.max(halfD)).reduceLanes(MAX) >= rare;
  }

  /** Counts all thresholds. */
  private static void all(int[] thresholds, int[] words, int i, float[] out, int at) {
    IntVector word = IntVector.fromArray(INTS, words, i).lanewise(XOR, Integer.MIN_VALUE);
    IntVector count = IntVector.zero(INTS);
    for (int threshold : thresholds) {
      count = count.blend(count.add(1), word.compare(GE, threshold));
    }
    ((FloatVector) count.convert(I2F, 0)).intoArray(out, at);
  }
}
