package org.velella.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class PercentilesTest {
  private static double percentile(float[] values, double percent) {
    Percentiles percentiles = new Percentiles(1, percent);
    for (int pass = 0; pass < Percentiles.PASSES; pass++) {
      for (float value : values) {
        percentiles.take(0, value);
      }
      percentiles.endPass();
    }
    return percentiles.value(0);
  }

  /** What numpy.percentile gives for these. */
  @Test
  void interpolatesAsNumpy() {
    float[] values = {4, 1, 3, 2};
    assertThat(percentile(values, 100)).isEqualTo(4);
    assertThat(percentile(values, 50)).isEqualTo(2.5);
    assertThat(percentile(values, 25)).isEqualTo(1.75);
    assertThat(percentile(new float[] {7}, 99.9)).isEqualTo(7);
    assertThat(percentile(new float[] {0, 0, 0, 10}, 60)).isZero();
  }

  @Test
  void morePopulationsThanMemoryHoldsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Percentiles.requireRoom((1 << 15) + 1))
        .withMessageContaining("32769 channels, of all layers together, need 1073774592 bytes")
        .withMessageEndingWith("take one scale per layer");
  }

  /** Against sorting: populations side by side, with zeros, equal numbers and all magnitudes. */
  @Seeded(times = 20)
  void agreesWithSorting(SplittableRandom random) {
    int groups = 1 + random.nextInt(4);
    double percent = 100 * (1 - random.nextDouble());
    float[][] values = new float[groups][1 + random.nextInt(2000)];
    for (float[] group : values) {
      for (int i = 0; i < group.length; i++) {
        switch (random.nextInt(4)) {
          case 0 -> group[i] = 0;
          case 1 -> group[i] = random.nextInt(5);
          case 2 -> group[i] = (float) random.nextDouble();
          default -> group[i] = Float.intBitsToFloat(random.nextInt(0x7f800000));
        }
      }
    }
    Percentiles percentiles = new Percentiles(groups, percent);
    for (int pass = 0; pass < Percentiles.PASSES; pass++) {
      for (int group = 0; group < groups; group++) {
        for (float value : values[group]) {
          percentiles.take(group, value);
        }
      }
      percentiles.endPass();
    }
    for (int group = 0; group < groups; group++) {
      float[] sorted = values[group].clone();
      Arrays.sort(sorted);
      double place = percent / 100 * (sorted.length - 1);
      int low = (int) place;
      int high = Math.min(low + 1, sorted.length - 1);
      double expected =
          sorted[low] + ((double) sorted[high] - sorted[low]) * (place - Math.floor(place));
      assertThat(percentiles.value(group)).isEqualTo(expected);
    }
  }
}
