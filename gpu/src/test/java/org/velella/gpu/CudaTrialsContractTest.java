package org.velella.gpu;

import org.velella.backend.Backend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.testkit.TrialsContract;

@OnDevice
class CudaTrialsContractTest extends TrialsContract {
  @Override
  protected Backend backend() {
    return new CudaBackend();
  }
}
