package org.velella.gpu.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A moment in a stream: reached when everything that was put there before has been done. */
public final class DeviceEvent extends Owned {
  private final CUevent event = new CUevent();

  DeviceEvent(CudaDevice device) {
    super(device);
    context().enter();
    context().check("cuEventCreate", JCudaDriver.cuEventCreate(event, 0));
    own();
  }

  CUevent handle() {
    requireOpen();
    return event;
  }

  /** Waits until the moment is reached. */
  public void synchronize() {
    enter();
    context().check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(event));
  }

  /** Whether the moment is reached. */
  public boolean reached() {
    enter();
    int result = JCudaDriver.cuEventQuery(event);
    if (result == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    context().check("cuEventQuery", result);
    return true;
  }

  /** Seconds since an earlier moment; both are waited for. */
  public double secondsSince(DeviceEvent earlier) {
    earlier.synchronize();
    synchronize();
    float[] milliseconds = new float[1];
    context()
        .check(
            "cuEventElapsedTime",
            JCudaDriver.cuEventElapsedTime(milliseconds, earlier.handle(), event));
    return milliseconds[0] * 1e-3;
  }

  @Override
  void free() {
    context().freed("cuEventDestroy", JCudaDriver.cuEventDestroy(event));
  }
}
