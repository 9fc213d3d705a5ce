package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static org.velella.encoding.NormalNumbers.EXPONENTS;
import static org.velella.encoding.NormalNumbers.LOG_2;
import static org.velella.encoding.NormalNumbers.QUARTER;
import static org.velella.encoding.NormalNumbers.ROOT_HALF;
import static org.velella.encoding.NormalNumbers.S11;
import static org.velella.encoding.NormalNumbers.S13;
import static org.velella.encoding.NormalNumbers.S15;
import static org.velella.encoding.NormalNumbers.S17;
import static org.velella.encoding.NormalNumbers.S3;
import static org.velella.encoding.NormalNumbers.S5;
import static org.velella.encoding.NormalNumbers.S7;
import static org.velella.encoding.NormalNumbers.S9;
import static org.velella.encoding.NormalNumbers.SHIFT;
import static org.velella.encoding.NormalNumbers.SIGNIFICAND_BITS;
import static org.velella.encoding.NormalNumbers.T11;
import static org.velella.encoding.NormalNumbers.T13;
import static org.velella.encoding.NormalNumbers.T15;
import static org.velella.encoding.NormalNumbers.T3;
import static org.velella.encoding.NormalNumbers.T5;
import static org.velella.encoding.NormalNumbers.T7;
import static org.velella.encoding.NormalNumbers.T9;
import static org.velella.encoding.NormalNumbers.UNIT;
import static org.velella.encoding.NormalNumbers.WHOLE_BITS;
import static org.velella.encoding.NormalNumbers.WORDS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.velella.backend.NoiseKernel;
import org.velella.encoding.CounterRandom;

/** The random numbers of computed input, a vector at a time; plain where that proves slow. */
final class VectorNoise implements NoiseKernel {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int ONE_BITS = Float.floatToRawIntBits(1);

  /** Words drawn at once, which stay in the first-level cache with what is made of them. */
  private static final int MOST_WORDS = 1 << 11;

  /** What a vector of numbers takes without its words, in vector operations. */
  private static final double PER_NUMBERS = 90;

  /** What a vector of spikes takes without its words. */
  private static final double PER_SPIKES = 8;

  private static final int CALLS = 2000;

  private static boolean primed;

  private final Watches watches;
  private final KernelPace pace;
  private final CallTimer timer;
  private final int[] words = new int[MOST_WORDS];
  private double[] numbers = new double[0];
  private NoiseKernel plain;

  /** The words of the key that was used last; samples of one seed have one. */
  private VectorRandom random;

  private long randomKey;

  /** Numbers under watches of one's own. */
  VectorNoise(Watches watches) {
    this.watches = watches;
    pace = watches.pace(KernelForm.NOISE);
    timer = watches.timer();
  }

  @Override
  public double[] normals(long key, long sample, long step, int count) {
    if (pace.slow()) {
      return plain().normals(key, sample, step, count);
    }
    if (numbers.length < count) {
      // The last vector is written as a whole.
      numbers = new double[DOUBLES.loopBound(count - 1) + DOUBLES.length()];
    }
    use(key);
    long begun = timer.begin();
    for (int i = 0; i < count; i += MOST_WORDS / 2) {
      int some = Math.min(MOST_WORDS / 2, count - i);
      draw(sample, step, i / (CounterRandom.BLOCK_WORDS / 2), 2 * some);
      normals(words, some, numbers, i);
    }
    double vectors = (double) count / DOUBLES.length() + 1;
    timer.end(begun, pace, VectorRandom.operations(2 * count) + PER_NUMBERS * vectors, 0);
    return numbers;
  }

  @Override
  public void spikes(
      long key, long sample, long step, int count, long threshold, float[] out, int at) {
    if (pace.slow()) {
      plain().spikes(key, sample, step, count, threshold, out, at);
      return;
    }
    use(key);
    long begun = timer.begin();
    for (int i = 0; i < count; i += MOST_WORDS) {
      int some = Math.min(MOST_WORDS, count - i);
      draw(sample, step, i / CounterRandom.BLOCK_WORDS, some);
      spikes(words, some, threshold, out, at + i);
    }
    double vectors = (double) count / INTS.length() + 1;
    timer.end(begun, pace, VectorRandom.operations(count) + PER_SPIKES * vectors, 0);
  }

  private NoiseKernel plain() {
    plain = plain == null ? watches.plain().noise() : plain;
    return plain;
  }

  private void use(long key) {
    if (random == null || key != randomKey) {
      random = new VectorRandom(key);
      randomKey = key;
    }
  }

  /** Draws whole blocks with at least so many words. */
  private void draw(long sample, long step, int firstBlock, int count) {
    int needed = (count + CounterRandom.BLOCK_WORDS - 1) / CounterRandom.BLOCK_WORDS;
    // Whole passes, so that no block is left to plain code.
    int blocks = (needed + VectorRandom.BLOCKS - 1) / VectorRandom.BLOCKS * VectorRandom.BLOCKS;
    random.words(sample, step, firstBlock, blocks, words, 0);
  }

  /**
   * {@link org.velella.encoding.NormalNumbers} as it says, in one loop: dividing and the root take
   * most of the time, and the rest is done meanwhile. Two words of 32 bits are one of 64: the first
   * one its lower half, as vectors lie in memory from the lowest byte on.
   */
  static void normals(int[] words, int count, double[] out, int at) {
    for (int i = 0; i < count; i += DOUBLES.length()) {
      IntVector pairs = IntVector.fromArray(INTS, words, 2 * i);
      LongVector first = pairs.reinterpretAsLongs().lanewise(AND, 0xffffffffL);
      DoubleVector whole = first.lanewise(OR, WHOLE_BITS).reinterpretAsDoubles();
      LongVector above = whole.sub(WORDS).reinterpretAsLongs().sub(ROOT_HALF);
      LongVector shifted = above.add((long) SHIFT << SIGNIFICAND_BITS);
      shifted = shifted.lanewise(LSHR, SIGNIFICAND_BITS).lanewise(OR, WHOLE_BITS);
      DoubleVector e = shifted.reinterpretAsDoubles().sub(EXPONENTS);
      above = above.lanewise(AND, (1L << SIGNIFICAND_BITS) - 1).add(ROOT_HALF);
      DoubleVector m = above.reinterpretAsDoubles();
      LongVector second = pairs.lanewise(ABS).reinterpretAsLongs().lanewise(LSHR, Integer.SIZE);
      whole = second.lanewise(OR, WHOLE_BITS).reinterpretAsDoubles();
      DoubleVector x = DoubleVector.broadcast(DOUBLES, QUARTER).sub(whole).mul(UNIT);
      DoubleVector z = m.sub(1).div(m.add(1));
      DoubleVector q = z.mul(z);
      DoubleVector q2 = q.mul(q);
      DoubleVector low = q.mul(T5).add(T3).add(q2.mul(q.mul(T9).add(T7)));
      DoubleVector high = q.mul(T13).add(T11).add(q2.mul(T15));
      DoubleVector log = z.add(z).add(z.mul(q).mul(low.add(q2.mul(q2).mul(high))));
      DoubleVector radius = e.mul(LOG_2).add(log).mul(-2).lanewise(SQRT);
      q = x.mul(x);
      q2 = q.mul(q);
      low = q.mul(S5).add(S3).add(q2.mul(q.mul(S9).add(S7)));
      high = q.mul(S13).add(S11).add(q2.mul(q.mul(S17).add(S15)));
      DoubleVector sine = x.add(x.mul(q).mul(low.add(q2.mul(q2).mul(high))));
      radius.mul(sine).intoArray(out, at + i);
    }
  }

  private static void spikes(int[] words, int count, long threshold, float[] out, int at) {
    // Every word is below 2^32.
    boolean all = threshold > 0xffffffffL;
    int limit = (int) threshold + Integer.MIN_VALUE;
    int i = 0;
    for (; i < (all ? 0 : INTS.loopBound(count)); i += INTS.length()) {
      IntVector signed = IntVector.fromArray(INTS, words, i).add(Integer.MIN_VALUE);
      IntVector bits = IntVector.zero(INTS).blend(ONE_BITS, signed.lt(limit));
      bits.reinterpretAsFloats().intoArray(out, at + i);
    }
    for (; i < count; i++) {
      out[at + i] = (words[i] & 0xffffffffL) < threshold ? 1f : 0f;
    }
  }

  /** Runs until the JIT has compiled them, once per JVM and for at most so long. */
  static synchronized void prime(long nanos) {
    if (primed) {
      return;
    }
    primed = true;
    long end = System.nanoTime() + nanos;
    VectorNoise noise = new VectorNoise(Watches.HERE);
    float[] out = new float[8 * CounterRandom.BLOCK_WORDS];
    PrimingBudget.repeat(
        System::nanoTime,
        end,
        CALLS,
        call -> {
          noise.normals(0, 0, call, out.length);
          noise.spikes(0, 0, call, out.length, 1L << 31, out, 0);
        });
  }
}
