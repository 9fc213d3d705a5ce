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
}
