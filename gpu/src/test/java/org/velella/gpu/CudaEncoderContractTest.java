package org.velella.gpu;

import org.velella.backend.Backend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.testkit.EncoderContract;

@OnDevice
class CudaEncoderContractTest extends EncoderContract {
  @Override
  protected Backend backend() {
    return new CudaBackend();
  }
}
