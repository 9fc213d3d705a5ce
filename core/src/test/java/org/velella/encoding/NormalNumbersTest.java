package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.NoiseContract;
import org.velella.testkit.Seeded;

class NormalNumbersTest {
  /** Box and Muller's transformation by StrictMath. */
  private static double expected(int radiusWord, int angleWord) {
    double u = (Integer.toUnsignedLong(radiusWord) + 0.5) * 0x1p-32;
    double turns = Integer.toUnsignedLong(angleWord) * 0x1p-32;
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * turns);
  }

  @Seeded
  void areNearThoseOfStrictMath(SplittableRandom random) {
    int[] words = NoiseContract.words(random);
    NormalNumbers normals = new NormalNumbers();
    int[] pairs = new int[2 * words.length];
    for (int radius : words) {
      for (int i = 0; i < words.length; i++) {
        pairs[2 * i] = radius;
        pairs[2 * i + 1] = words[i];
      }
      double[] found = normals.of(pairs, words.length);
      for (int i = 0; i < words.length; i++) {
        assertThat(found[i])
            .as("words %d and %d", radius, words[i])
            .isCloseTo(expected(radius, words[i]), within(5e-13));
        assertThat(found[i]).isEqualTo(NormalNumbers.of(radius, words[i]));
      }
    }
  }

  @Test
  void noneIsFartherOutThanTheFarthest() {
    assertThat(NormalNumbers.of(0, 0)).isBetween(NormalNumbers.MOST - 0.05, NormalNumbers.MOST);
    assertThat(NormalNumbers.of(0, 1 << 31))
        .isBetween(-NormalNumbers.MOST, -NormalNumbers.MOST + 0.05);
  }
}
