package org.velella.backend.vector;

import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.Backend;
import org.velella.testkit.BackendSizesContract;

@EnabledIf("runsHere")
class VectorBackendSizesContractTest extends BackendSizesContract {
  static boolean runsHere() {
    return VectorUnit.here().present();
  }

  @Override
  protected Backend backend() {
    return new VectorBackend();
  }
}
