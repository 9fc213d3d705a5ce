package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Bits of active inputs and back. Masks are kept out: turning them into numbers is slow on Java 17.
 */
final class SpikeBits {
  private static final int ONE = Float.floatToRawIntBits(1.0f);
  private static final int SIGN = Integer.MIN_VALUE;

  /**
   * Number i is {@code 1 << i}. Read from here rather than shifted: the compiler of Java 17 may get
   * shifts of vectors by a number that changes from turn to turn of a loop wrong.
   */
  private static final int[] LANE_BITS = laneBits();

  /** Numbers whose bits are made together: two vectors, or four of less than 512 bits. */
  private static final int GROUP = Math.min(Integer.SIZE, 4 * COUNT);

  private SpikeBits() {}

  private static int[] laneBits() {
    int[] bits = new int[Integer.SIZE];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = 1 << i;
    }
    return bits;
  }

  /**
   * Sets bit i of the words from {@code wordOffset} on where {@code x[from + i]} is not zero;
   * unused bits become 0.
   *
   * <p>Vectors of a group are written out, and whether numbers are odd is a loop of its own: where
   * loops over vectors of 128 or 256 bits lie in each other, the compiler of Java 17 gives up.
   *
   * @return whether any number is neither +0.0 nor 1.0
   */
  static boolean ofActive(float[] x, int from, int n, long[] words, int wordOffset) {
    int full = n / Long.SIZE;
    int odd = odd(x, from, full * Long.SIZE);
    for (int word = 0; word < full; word++) {
      words[wordOffset + word] = active64(x, from + word * Long.SIZE);
    }
    if (full * Long.SIZE < n) {
      long word = 0;
      for (int i = full * Long.SIZE; i < n; i++) {
        float value = x[from + i];
        word |= value != 0 ? 1L << i : 0;
        odd |= value != 1.0f && Float.floatToRawIntBits(value) != 0 ? 1 : 0;
      }
      words[wordOffset + full] = word;
    }
    return odd != 0;
  }

  /** The bits of 64 numbers. */
  private static long active64(float[] x, int at) {
    if (GROUP == Integer.SIZE) {
      return active(x, at) & 0xFFFFFFFFL | (long) active(x, at + GROUP) << GROUP;
    }
    // Groups of 16, whose bits are no sign.
    int low = active(x, at) | active(x, at + GROUP) << GROUP;
    int high = active(x, at + 2 * GROUP) | active(x, at + 3 * GROUP) << GROUP;
    return low & 0xFFFFFFFFL | (long) high << Integer.SIZE;
  }

  /** The bits of a group: lane by lane of {@code COUNT} at a time. */
  private static int active(float[] x, int at) {
    IntVector bits = active(x, at, 0).or(active(x, at, COUNT));
    if (GROUP == 4 * COUNT) {
      bits = bits.or(active(x, at, 2 * COUNT)).or(active(x, at, 3 * COUNT));
    }
    return bits.reduceLanes(VectorOperators.OR);
  }

  private static IntVector active(float[] x, int at, int i) {
    IntVector raw = FloatVector.fromArray(Lanes.FLOATS, x, at + i).reinterpretAsInts();
    IntVector active = raw.and(Integer.MAX_VALUE).neg().lanewise(VectorOperators.ASHR, 31);
    return active.and(IntVector.fromArray(INTS, LANE_BITS, i));
  }

  /** Not 0 if one of some whole vectors of numbers is neither +0.0 nor 1.0. */
  private static int odd(float[] x, int from, int n) {
    IntVector odd = IntVector.zero(INTS);
    for (int i = from; i < from + n; i += COUNT) {
      IntVector raw = FloatVector.fromArray(Lanes.FLOATS, x, i).reinterpretAsInts();
      IntVector active = raw.and(Integer.MAX_VALUE).neg().lanewise(VectorOperators.ASHR, 31);
      odd = odd.or(active.and(raw.lanewise(VectorOperators.XOR, ONE))).or(raw.and(SIGN));
    }
    return odd.reduceLanes(VectorOperators.OR);
  }

  /**
   * Lists the set bits among {@code n} from bit {@code first} on, counted from there, ascending.
   *
   * @return the end of the list in {@code to}
   */
  static int list(long[] words, int wordOffset, int first, int n, int[] to, int at) {
    int end = first + n;
    int count = at;
    for (int word = first >> 6; word << 6 < end; word++) {
      int base = word << 6;
      long bits = within(words[wordOffset + word], base, first, end);
      base -= first;
      while (bits != 0) {
        to[count++] = base + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
    }
    return count;
  }

  /** Those bits of a word that lie in {@code [first, end)}, where its own begin at {@code base}. */
  static long within(long word, int base, int first, int end) {
    long bits = base < first ? word & -1L << first : word;
    return end - base < Long.SIZE ? bits & ~(-1L << end) : bits;
  }

  /** How many bits are set in {@code count} words. */
  static long count(long[] words, int from, int count) {
    long set = 0;
    for (int i = from; i < from + count; i++) {
      set += Long.bitCount(words[i]);
    }
    return set;
  }

  /** Writes bits {@code 0 ... n - 1} as 0.0 and 1.0. */
  static void expand(long[] words, int wordOffset, int n, float[] to, int at) {
    int i = 0;
    for (; i + Integer.SIZE <= n; i += Integer.SIZE) {
      int bits = (int) (words[wordOffset + (i >> 6)] >>> (i & 32));
      expand32(bits, to, at + i);
    }
    for (; i < n; i++) {
      to[at + i] = (words[wordOffset + (i >> 6)] >>> i & 1) != 0 ? 1.0f : 0.0f;
    }
  }

  private static void expand32(int bits, float[] to, int at) {
    IntVector all = IntVector.broadcast(INTS, bits);
    for (int v = 0; v < Integer.SIZE / COUNT; v++) {
      IntVector set = all.and(IntVector.fromArray(INTS, LANE_BITS, v * COUNT));
      // Sets the sign of what is not 0, the top lane's own sign bit included.
      IntVector mask = set.or(set.neg()).lanewise(VectorOperators.ASHR, 31);
      mask.and(ONE).reinterpretAsFloats().intoArray(to, at + v * COUNT);
    }
  }
}
