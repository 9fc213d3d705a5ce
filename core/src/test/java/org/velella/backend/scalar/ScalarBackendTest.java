package org.velella.backend.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.testkit.BackendAvailabilityContract;

class ScalarBackendTest extends BackendAvailabilityContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }

  @Test
  void runsEverywhereAndIsThePlainestChoice() {
    assertThat(backend().availability().available()).isTrue();
    assertThat(backend().preference()).isZero();
  }
}
