package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class CounterRandomTest {
  /** The known-answer vectors of Random123: counter, key, result of philox4x32 with 10 rounds. */
  private static final String[] KNOWN_ANSWERS = {
    "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1"
  };

  @Test
  void givesTheKnownAnswersOfItsAuthors() {
    for (String line : KNOWN_ANSWERS) {
      int[] w = words(line);
      int[] out = new int[4];
      CounterRandom.philox(w[0], w[1], w[2], w[3], w[4], w[5], out, 0);
      assertThat(out).containsExactly(w[6], w[7], w[8], w[9]);
    }
  }

  @Test
  void placesBlockStepSampleAndKeyInTheirWords() {
    for (String line : KNOWN_ANSWERS) {
      int[] w = words(line);
      int[] out = new int[4];
      CounterRandom.words(
          join(w[4], w[5]), join(w[2], w[3]), Integer.toUnsignedLong(w[1]), w[0], 1, out, 0);
      assertThat(out).containsExactly(w[6], w[7], w[8], w[9]);
    }
  }

  private static int[] words(String line) {
    String[] parts = line.split(" ");
    int[] words = new int[parts.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Integer.parseUnsignedInt(parts[i], 16);
    }
    return words;
  }

  private static long join(int low, int high) {
    return Integer.toUnsignedLong(low) | (long) high << 32;
  }

  /** Python: hashlib.sha256(seed.to_bytes(8, 'big', signed=True) + path.encode()).hexdigest(). */
  @Test
  void keysAreTheFirstBytesOfTheDigestOfSeedAndPath() {
    assertThat(CounterRandom.key(0, "encoder")).isEqualTo(0x147339b79e82d318L);
    assertThat(CounterRandom.key(-2, "'a.b'.ü")).isEqualTo(0xf25569f58c0f4db6L);
  }

  @Test
  void aNumberIsTheUpperBitsOfItsWord() {
    assertThat(CounterRandom.uniform(0xFF)).isEqualTo(0f);
    assertThat(CounterRandom.uniform(0x100)).isEqualTo(0x1p-24f);
    assertThat(CounterRandom.uniform(0x80000000)).isEqualTo(0.5f);
    assertThat(CounterRandom.uniform(-1)).isEqualTo(0x1.fffffep-1f).isLessThan(1f);
  }

  @Seeded(times = 5)
  void anyPartOfTheWordsIsPartOfTheWhole(SplittableRandom random) {
    long key = random.nextLong();
    long sample = random.nextLong();
    long step = random.nextLong(CounterRandom.STEPS);
    int[] all = new int[4 * 50];
    CounterRandom.words(key, sample, step, 0, 50, all, 0);
    for (int i = 0; i < 20; i++) {
      int block = random.nextInt(50);
      int[] one = new int[4];
      CounterRandom.words(key, sample, step, block, 1, one, 0);
      assertThat(one).containsExactly(java.util.Arrays.copyOfRange(all, 4 * block, 4 * block + 4));
    }
  }

  @Seeded
  void oneNumberIsThatOfItsElement(SplittableRandom random) {
    long seed = random.nextLong();
    long sample = random.nextLong();
    int[] all = new int[4 * 8];
    CounterRandom.words(CounterRandom.key(seed, "in"), sample, 7, 0, 8, all, 0);
    for (int i = 0; i < all.length; i++) {
      assertThat(CounterRandom.uniform(seed, "in", sample, 7, i))
          .isEqualTo(CounterRandom.uniform(all[i]));
    }
  }

  @Test
  void stepsThatNoCounterHoldsAreRefused() {
    for (long step : new long[] {-1, 1L << 32}) {
      assertThatThrownBy(() -> CounterRandom.words(1, 2, step, 0, 1, new int[4], 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("step " + step);
    }
  }
}
