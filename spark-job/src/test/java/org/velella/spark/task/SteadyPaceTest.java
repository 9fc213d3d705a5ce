package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyPaceTest {
  private static final long MILLI = 1_000_000;

  private final SteadyPace pace = new SteadyPace();
  private int looks;

  private void add(double rate, long millis) {
    if (!pace.isFound()) {
      looks++;
      pace.add(rate * millis / 1000, millis * MILLI);
    }
  }

  private double rate() {
    return pace.work() / (pace.nanos() * 1e-9);
  }

  /** Rates and milliseconds as the looks of a process had them that had just begun. */
  @Test
  void whatGetsFasterIsLookedAtUntilItDoesNot() {
    double[][] seen = {
      {52, 155},
      {258, 124},
      {375, 341},
      {566, 905},
      {3532, 580},
      {18_165, 451},
      {115_904, 283},
      {373_047, 351},
      {441_375, 1188},
      {440_000, 300},
      {632_457, 3316}
    };
    for (double[] look : seen) {
      add(look[0], (long) look[1]);
    }
    assertThat(looks).isEqualTo(10);
    assertThat(rate()).isBetween(439_999.0, 440_001.0);
  }

  @Test
  void whatIsShortIsAddedUp() {
    for (int i = 0; i < 10_000; i++) {
      add(i % 2 == 0 ? 500 : 1500, 1);
    }
    assertThat(looks).isEqualTo(3000);
    assertThat(rate()).isBetween(999.0, 1001.0);
  }

  @Test
  void nobodyWaitsForever() {
    for (int i = 0; i < 100; i++) {
      add(Math.pow(2, i), 1000);
    }
    assertThat(looks).isEqualTo(10);
    assertThat(rate()).isBetween(511.9, 512.1);
  }

  /** A single look that takes longer than all that. */
  @Test
  void whatIsSlowIsLookedAtOnce() {
    add(3, 60_000);
    assertThat(pace.isFound()).isTrue();
    assertThat(rate()).isBetween(2.99, 3.01);
  }
}
