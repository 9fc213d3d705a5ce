package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class CounterRandomTest {
  /** The known-answer vectors of Random123: counter, key, result of threefry4x32 with 20 rounds. */
  private static final String[] KNOWN_ANSWERS = {
    "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        + " 9c6ca96a e17eae66 fc10ecd4 5256a7d8",
    "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff"
        + " 2a881696 57012287 f6c7446e a16a6732",
    "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 082efa98 ec4e6c89"
        + " 59cd1dbb b8879579 86b5d00c ac8b6d84"
  };

  @Test
  void givesTheKnownAnswersOfItsAuthors() {
    for (String line : KNOWN_ANSWERS) {
      int[] w = words(line);
      int[] out = new int[4];
      int[] schedule = CounterRandom.schedule(w[4], w[5], w[6], w[7]);
      CounterRandom.threefry(w[0], w[1], w[2], w[3], schedule, out, 0, 1);
      assertThat(out).containsExactly(w[8], w[9], w[10], w[11]);
    }
  }

  /** Words of a plain Python threefry4x32 that gives the known answers, keyed (k0, k1, 0, 0). */
  @Test
  void placesCountStepSampleAndKeyInTheirWords() {
    long key = 0x299f31d0a4093822L;
    long sample = 0x0370734413198a2eL;
    int[] out = new int[2 * CounterRandom.BLOCK_WORDS];
    CounterRandom.words(key, sample, 0x85a308d3L, 2, 2, out, 0);
    assertThat(count(out, 0)).isEqualTo(words("d40380f4 1f937060 63338c7e 503c3c36"));
    assertThat(count(out, 15)).isEqualTo(words("c7dbae8b 864a70ca 998a3263 cf46981b"));
    assertThat(count(out, CounterRandom.BLOCK_WORDS))
        .isEqualTo(words("4067f891 05c931cb 741999bd e106fa6c"));
    assertThat(count(out, CounterRandom.BLOCK_WORDS + 15))
        .isEqualTo(words("a3923f90 2ef2c618 bca1228b 0e301723"));
  }

  private static int[] count(int[] words, int at) {
    return new int[] {words[at], words[at + 16], words[at + 32], words[at + 48]};
  }

  private static int[] words(String line) {
    String[] parts = line.split(" ");
    int[] words = new int[parts.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Integer.parseUnsignedInt(parts[i], 16);
    }
    return words;
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
    int[] all = new int[64 * 50];
    CounterRandom.words(key, sample, step, 0, 50, all, 0);
    for (int i = 0; i < 20; i++) {
      int block = random.nextInt(50);
      int[] one = new int[64];
      CounterRandom.words(key, sample, step, block, 1, one, 0);
      assertThat(one)
          .containsExactly(java.util.Arrays.copyOfRange(all, 64 * block, 64 * (block + 1)));
    }
  }

  @Seeded
  void oneNumberIsThatOfItsElement(SplittableRandom random) {
    long seed = random.nextLong();
    long sample = random.nextLong();
    int[] all = new int[64 * 8];
    CounterRandom.words(CounterRandom.key(seed, "in"), sample, 7, 0, 8, all, 0);
    for (int i = 0; i < all.length; i++) {
      assertThat(CounterRandom.uniform(seed, "in", sample, 7, i))
          .isEqualTo(CounterRandom.uniform(all[i]));
    }
  }

  @Test
  void stepsThatNoCounterHoldsAreRefused() {
    for (long step : new long[] {-1, 1L << 32}) {
      assertThatThrownBy(() -> CounterRandom.words(1, 2, step, 0, 1, new int[64], 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("step " + step);
    }
  }
}
