package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.velella.backend.scalar.ScalarPoissonCount;
import org.velella.encoding.PoissonCounts;

/**
 * Poisson numbers of one mean: every threshold is compared with a vector of words at a time. A
 * search word by word guesses wrong where it ends.
 */
final class VectorPoisson implements ScalarPoissonCount.Same {
  /** With more thresholds, the search of the definition, which begins near its end, is faster. */
  private static final int MOST_THRESHOLDS = 48;

  /** The likely numbers are those that all but one word of so many have. */
  private static final long RARE = 1L << 24;

  private PoissonCounts of;

  /** As signed numbers: with the sign bit turned, they order as the unsigned ones do. */
  private int[] thresholds;

  /** Thresholds from here on are reached by few words, so that most vectors need not look. */
  private int likely;

  @Override
  public boolean count(PoissonCounts of, int[] words, int size, float[] out, int at) {
    if (this.of != of) {
      this.of = of;
      thresholds = of.thresholds();
      likely = thresholds.length;
      for (int i = thresholds.length - 1; i >= 0; i--) {
        likely = Integer.toUnsignedLong(-thresholds[i]) <= RARE ? i : likely;
        thresholds[i] ^= Integer.MIN_VALUE;
      }
    }
    if (thresholds.length == 0 || thresholds.length > MOST_THRESHOLDS) {
      return false;
    }
    int whole = Lanes.FLOATS.loopBound(size);
    vectors(thresholds, likely, words, whole, out, at);
    for (int i = whole; i < size; i++) {
      out[at + i] = of.count(words[i]);
    }
    return true;
  }

  private static void vectors(
      int[] thresholds, int likely, int[] words, int to, float[] out, int at) {
    int last = Math.min(likely, thresholds.length - 1);
    for (int i = 0; i < to; i += Lanes.COUNT) {
      IntVector word = IntVector.fromArray(Lanes.INTS, words, i).lanewise(XOR, Integer.MIN_VALUE);
      IntVector count = IntVector.zero(Lanes.INTS);
      for (int t = 0; t < likely; t++) {
        count = count.blend(count.add(1), word.compare(GE, thresholds[t]));
      }
      if (word.compare(GE, thresholds[last]).anyTrue()) {
        for (int t = likely; t < thresholds.length; t++) {
          count = count.blend(count.add(1), word.compare(GE, thresholds[t]));
        }
      }
      ((FloatVector) count.convert(VectorOperators.I2F, 0)).intoArray(out, at + i);
    }
  }
}
