package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineLimitsTest {
  @Test
  void limitsAreThoseOfSomeMachine() {
    // From a core that others take most of to ten times what the fastest do; not a measurement.
    assertThat(MachineLimits.fmaFlops()).isBetween(1e5, 1e13);
    assertThat(MachineLimits.copyBytesPerSecond(4096)).isBetween(1e5, 1e13);
  }
}
