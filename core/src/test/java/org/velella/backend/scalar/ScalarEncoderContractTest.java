package org.velella.backend.scalar;

import org.velella.backend.Backend;
import org.velella.testkit.EncoderContract;

class ScalarEncoderContractTest extends EncoderContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }
}
