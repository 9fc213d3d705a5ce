package org.velella.backend.scalar;

import org.velella.backend.Backend;
import org.velella.testkit.BackendSizesContract;

class ScalarBackendSizesContractTest extends BackendSizesContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }
}
