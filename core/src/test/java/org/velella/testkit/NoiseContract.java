package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.velella.backend.NoiseKernel;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.NormalNumbers;

/** What every backend's random numbers of computed input owe their users, on any machine. */
public abstract class NoiseContract {
  /** A fresh one. */
  protected abstract NoiseKernel noise();

  /**
   * Words at and around the ends, quarters of a turn, powers of two and their roots; any others.
   */
  public static int[] words(SplittableRandom random) {
    IntStream.Builder words = IntStream.builder();
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      for (int by = -2; by <= 2; by++) {
        words.add((1 << bit) + by).add(-(1 << bit) + by);
        // The logarithm's exponent changes at roots of a half.
        words.add((int) (long) (StrictMath.sqrt(0.5) * 0x1p32 / (1L << bit)) + by);
      }
    }
    random.ints(100).forEach(words::add);
    return words.build().toArray();
  }

  /** Word i of a step's, block by block. */
  private static int[] drawn(long key, long sample, long step, int count) {
    int blocks = count / CounterRandom.BLOCK_WORDS + 1;
    int[] words = new int[blocks * CounterRandom.BLOCK_WORDS];
    for (int block = 0; block < blocks; block++) {
      int at = block * CounterRandom.BLOCK_WORDS;
      CounterRandom.words(key, sample, step, block, 1, words, at);
    }
    return words;
  }

  /** One kernel makes the numbers of several keys, of few and of many elements, in turn. */
  @Seeded(times = 5)
  protected void numbersAreThoseOfTheirWords(SplittableRandom random) {
    NoiseKernel noise = noise();
    long[] keys = {random.nextLong(), random.nextLong()};
    for (int count : new int[] {1, 3, 8, 31, 32, 33, 500, 1023, 1024, 1025, 2049, 5000, 7}) {
      long key = keys[random.nextInt(2)];
      long sample = random.nextLong();
      long step = random.nextLong(CounterRandom.STEPS);
      int[] words = drawn(key, sample, step, 2 * count);
      double[] expected = new double[count];
      Arrays.setAll(expected, i -> NormalNumbers.of(words[2 * i], words[2 * i + 1]));
      double[] found = Arrays.copyOf(noise.normals(key, sample, step, count), count);
      assertThat(found).as("%d numbers", count).isEqualTo(expected);
      assertSpikes(noise, key, sample, step, count, random);
    }
  }

  private static void assertSpikes(
      NoiseKernel noise, long key, long sample, long step, int count, SplittableRandom random) {
    int[] words = drawn(key, sample, step, count);
    long one = Integer.toUnsignedLong(words[random.nextInt(count)]);
    long any = random.nextLong(1L << 32);
    for (long threshold :
        new long[] {0, 1, 1L << 31, any, one, one + 1, (1L << 32) - 1, 1L << 32}) {
      float[] found = new float[count + 5];
      Arrays.fill(found, -7);
      noise.spikes(key, sample, step, count, threshold, found, 3);
      for (int i = 0; i < found.length; i++) {
        boolean own = i >= 3 && i < count + 3;
        float expected = !own ? -7 : Integer.toUnsignedLong(words[i - 3]) < threshold ? 1 : 0;
        assertThat(found[i]).as("element %d below %d", i - 3, threshold).isEqualTo(expected);
      }
    }
  }
}
