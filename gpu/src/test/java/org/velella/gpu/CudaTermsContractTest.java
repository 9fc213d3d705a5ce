package org.velella.gpu;

import org.velella.backend.Backend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.testkit.BackendContract;

/** The same where layers take all terms, however few are not zero. */
@OnDevice
class CudaTermsContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new CudaBackend().with(SpikeChoice.ALL_TERMS);
  }
}
