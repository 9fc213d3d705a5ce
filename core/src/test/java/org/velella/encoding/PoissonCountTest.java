package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.module.UnfitInputException;

class PoissonCountTest {
  /** P(0) = e^-1, P(0 or 1) = 2 e^-1: 0.36787944117 and 0.73575888234, times 2^32. */
  @Test
  void wordsAreComparedWithTheDistribution() {
    PoissonCounts counts = new PoissonCounts(1);

    assertThat(counts.count(0)).isZero();
    assertThat(counts.count((int) 1580030168L)).isZero();
    assertThat(counts.count((int) 1580030169L)).isEqualTo(1);
    assertThat(counts.count((int) 3160060336L)).isEqualTo(1);
    assertThat(counts.count((int) 3160060338L)).isEqualTo(2);
    // 1 - P(at most 11) is 8.3e-10, 1 - P(at most 12) is 6.4e-11, less than half of 2^-32.
    assertThat(counts.count(-1)).isEqualTo(12);
    assertThat(counts.thresholds()).hasSize(12).startsWith(1580030169);
  }

  @Test
  void meanAndVarianceAreTheMean() {
    SplittableRandom random = new SplittableRandom(1);
    int draws = 200_000;
    for (float mean : new float[] {0.01f, 0.7f, 12, 255.5f}) {
      PoissonCounts counts = new PoissonCounts(mean);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < draws; i++) {
        double off = counts.count(random.nextInt()) - mean;
        sum += off;
        squares += off * off;
      }
      // The variance of (N - m)^2 is m + 2 m^2.
      assertThat(sum / draws).isBetween(-bound(mean, draws), bound(mean, draws));
      double spread = bound(mean + 2.0 * mean * mean, draws);
      assertThat(squares / draws - mean).isBetween(-spread, spread);
    }
  }

  private static double bound(double variance, int draws) {
    return 6 * Math.sqrt(variance / draws);
  }

  @Test
  void meansThatAreTooLargeAreRefused() {
    PoissonCountOperation.require("drive", 3, 256);
    PoissonCountOperation.require("drive", 3, Float.NaN);
    assertThatThrownBy(() -> PoissonCountOperation.require("drive", 3, 256.5f))
        .isInstanceOf(UnfitInputException.class)
        .hasMessageContaining("Node 'drive'")
        .hasMessageContaining("found 256.5 at element 3");
  }
}
