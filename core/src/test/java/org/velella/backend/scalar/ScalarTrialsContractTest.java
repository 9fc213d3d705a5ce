package org.velella.backend.scalar;

import org.velella.backend.Backend;
import org.velella.testkit.TrialsContract;

class ScalarTrialsContractTest extends TrialsContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }
}
