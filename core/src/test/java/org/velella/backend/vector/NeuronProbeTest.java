package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By what was measured in JVMs that Spark had just started. */
class NeuronProbeTest {
  private static final double OPERATIONS = 287;

  /** Both were cold: the calibration took 14.1 ns an operation, the code 71. */
  @Test
  void aColdCalibrationLetsNoColdCodePass() {
    assertThat(NeuronProbe.keepsPace(20_360, OPERATIONS, 14.1)).isFalse();
  }

  @Test
  void compiledCodePasses() {
    assertThat(NeuronProbe.keepsPace(70, OPERATIONS, 0.151)).isTrue();
    // Even if the calibration is still cold.
    assertThat(NeuronProbe.keepsPace(70, OPERATIONS, 14.1)).isTrue();
  }

  @Test
  void codeThatMakesObjectsDoesNot() {
    assertThat(NeuronProbe.keepsPace(20_360, OPERATIONS, 0.151)).isFalse();
  }

  /** Cold code that has not run often enough is not compiled, however long one waits. */
  @Test
  void triesTakeHalfOfTheTimeAtFirst() {
    assertThat(NeuronProbe.length(1_000_000, 0)).isZero();
    assertThat(NeuronProbe.length(2_000_000, 0)).isEqualTo(2_000_000);
    assertThat(NeuronProbe.length(15_000_000, 1_000_000_000)).isEqualTo(15_000_000);
    assertThat(NeuronProbe.length(3_000_000_000L, 0)).isEqualTo(50_000_000);
  }

  @Test
  void andATenthLater() {
    assertThat(NeuronProbe.length(15_000_000, 2_000_000_000)).isZero();
    assertThat(NeuronProbe.length(20_000_000, 2_000_000_000)).isEqualTo(2_000_000);
  }
}
