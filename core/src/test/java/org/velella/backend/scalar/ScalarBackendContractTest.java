package org.velella.backend.scalar;

import org.velella.backend.Backend;
import org.velella.testkit.BackendContract;

class ScalarBackendContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }
}
