package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CalibrationTest {
  /** A loop that no compiler has come to yet took 14 ns an operation, by which all code is warm. */
  @Test
  void whatIsMeasuredColdIsNotBelieved() {
    assertThat(Calibration.bounded(14.1)).isEqualTo(1);
    assertThat(Calibration.bounded(0.15)).isEqualTo(0.15);
    assertThat(Calibration.nanosPerOperationHere()).isPositive().isLessThanOrEqualTo(1);
  }
}
