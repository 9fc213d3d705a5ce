package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Two cores of a gigabyte each; a fifth of that is for a range. */
class RangeSizingTest {
  private static final Cluster TWO = new Cluster(2, 1L << 30, 2);
  private static final double LABORIOUS = 1e9;

  private static int sweep(long pairs, double work) {
    return RangeSizing.sweepRangeSize(pairs, 1000, TWO, work, false);
  }

  @Test
  void everyCoreHasARange() {
    assertThat(RangeSizing.rangeSize(7, 1000, 2, 1L << 30)).isEqualTo(4);
    assertThat(sweep(7, LABORIOUS)).isEqualTo(4);
  }

  @Test
  void rangesEndAtSomeSizeAndByMemory() {
    assertThat(RangeSizing.rangeSize(1_000_000, 1000, 2, 1L << 30)).isEqualTo(4096);
    assertThat(sweep(1_000_000, LABORIOUS)).isEqualTo(4096);
    assertThat(RangeSizing.rangeSize(1_000_000, 10 << 20, 2, 1L << 30)).isEqualTo(20);
    assertThat(RangeSizing.sweepRangeSize(1_000_000, 10 << 20, TWO, 1, false)).isEqualTo(20);
  }

  /** Of 2·10^7 updates at least: 200 trials of 100 neurons and 1000 steps. */
  @Test
  void aSweepThatBeginsSmallHasRangesForMoreTrials() {
    assertThat(sweep(2, 1e5)).isEqualTo(200);
    assertThat(sweep(1000, 1e5)).isEqualTo(500);
    assertThat(sweep(2, 3e7)).isEqualTo(1);
    assertThat(sweep(2, 0)).isEqualTo(4096);
  }

  /** 1000 pairs by 2 cores and 8 ranges each, of 62.5. */
  @Test
  void trialsOfDifferentLengthsAreCutFiner() {
    assertThat(RangeSizing.sweepRangeSize(1000, 1000, TWO, LABORIOUS, true)).isEqualTo(63);
  }
}
