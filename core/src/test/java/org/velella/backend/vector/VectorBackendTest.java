package org.velella.backend.vector;

import org.velella.backend.Backend;
import org.velella.testkit.BackendAvailabilityContract;

class VectorBackendTest extends BackendAvailabilityContract {
  @Override
  protected Backend backend() {
    return new VectorBackend();
  }
}
