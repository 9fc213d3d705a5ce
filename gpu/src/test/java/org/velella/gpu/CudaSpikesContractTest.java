package org.velella.gpu;

import org.velella.backend.Backend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.testkit.BackendContract;

/** The same where layers visit spikes only, however many there are. */
@OnDevice
class CudaSpikesContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new CudaBackend().with(SpikeChoice.SPIKES_ONLY);
  }
}
