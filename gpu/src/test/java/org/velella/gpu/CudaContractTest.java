package org.velella.gpu;

import org.velella.backend.Backend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.testkit.BackendContract;

/** What every backend owes, on a device. */
@OnDevice
class CudaContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new CudaBackend();
  }
}
