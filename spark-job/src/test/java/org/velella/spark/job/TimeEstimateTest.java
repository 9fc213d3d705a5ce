package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.velella.spark.task.TimeTiles;

class TimeEstimateTest {
  /** 3,000 samples times steps in half a second; 30,000 of 8 ranges are left. */
  private static TimeEstimate on(int cores) {
    TimeTiles.Measured seen = new TimeTiles.Measured(64, 3000, 500_000_000);
    return TimeEstimate.of(seen, new WorkLeft(8, 2, 30_000, 5000, 5000), cores);
  }

  @Test
  void whatIsLeftTakesAsLongAsWhatWasSeen() {
    assertThat(on(1).isKnown()).isTrue();
    assertThat(on(1).tileSize()).isEqualTo(64);
    assertThat(on(1).rate()).isEqualTo(6000);
    assertThat(on(1).seconds()).isCloseTo(5, within(1e-9));
  }

  @Test
  void coresShareItButNoRange() {
    assertThat(on(4).seconds()).isCloseTo(1.25, within(1e-9));
    assertThat(on(8).seconds()).isCloseTo(0.625, within(1e-9));
    assertThat(on(1000).seconds()).isCloseTo(0.625, within(1e-9));
  }

  @Test
  void nothingLeftIsNotKnown() {
    assertThat(TimeEstimate.NONE.isKnown()).isFalse();
  }
}
