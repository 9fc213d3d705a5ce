package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.velella.spark.job.RunProgress;

/** The numbers of the lines are worked out by hand. */
class ReporterTest {
  private static RunProgress progress(String unit, long done, long steps, double seconds) {
    return new RunProgress(
        new RunProgress.Work(unit, 1000, done, 20, 3), 10, 4, 100_000, steps, 2_000, seconds);
  }

  @Test
  void saysHowManyTrialsAreDoneAndHowFast() {
    assertThat(Reporter.line(progress("trials", 420, 42_000, 5)))
        .isEqualTo(
            " 42 %, 420 of 1000 trials done, 3 samples failed, 580 remaining, 80 trials/s,"
                + " 8.0 k sample-steps/s, 7 s left");
  }

  @Test
  void saysSoOfSamplesToo() {
    assertThat(Reporter.line(progress("samples", 23, 2_600, 6)))
        .isEqualTo(
            "  3 %, 23 of 1000 samples done, 3 samples failed, 977 remaining, 0.5 samples/s,"
                + " 100 sample-steps/s, 16 min 14 s left");
  }

  @Test
  void doesNotKnowTheTimeLeftBeforeTheFirstCommit() {
    assertThat(Reporter.line(progress("trials", 20, 2_000, 0)))
        .endsWith("0 sample-steps/s, ? left");
  }
}
