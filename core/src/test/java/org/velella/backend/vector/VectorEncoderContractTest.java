package org.velella.backend.vector;

import org.velella.backend.Backend;
import org.velella.testkit.EncoderContract;

class VectorEncoderContractTest extends EncoderContract {
  @Override
  protected Backend backend() {
    return new VectorBackend();
  }
}
