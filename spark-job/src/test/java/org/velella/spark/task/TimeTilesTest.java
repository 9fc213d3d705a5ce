package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeTilesTest {
  /** 2 to the power of 26 bytes. */
  @Test
  void lookRecordsSixtyFourMebibytesOrOneStep() {
    assertThat(TimeTiles.mostSteps(1 << 20, 1)).isEqualTo(64);
    assertThat(TimeTiles.mostSteps((1 << 20) + 1, 1)).isEqualTo(63);
    assertThat(TimeTiles.mostSteps(1L << 40, 1)).isEqualTo(1);
    assertThat(TimeTiles.mostSteps(0, 1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void looksGrowUpToTheMost() {
    for (long atOnce : new long[] {1, 10, 26}) {
      for (long most : new long[] {atOnce, 342, Long.MAX_VALUE}) {
        long steps = atOnce;
        for (int look = 0; look < 100; look++) {
          long next = TimeTiles.grown(steps, atOnce, most);
          assertThat(next).isBetween(steps, Math.max(atOnce, most));
          assertThat(next % atOnce).isZero();
          steps = next;
        }
        assertThat(steps).isGreaterThan(most - atOnce);
      }
    }
  }

  @Test
  void stepsThatANetworkTakesAtATimeStayTogether() {
    assertThat(TimeTiles.mostSteps(1 << 20, 24)).isEqualTo(48);
    assertThat(TimeTiles.mostSteps(1 << 20, 100)).isEqualTo(100);
    assertThat(TimeTiles.mostSteps(0, 24) % 24).isZero();
  }
}
