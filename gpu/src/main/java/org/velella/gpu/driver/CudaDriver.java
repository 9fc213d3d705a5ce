package org.velella.gpu.driver;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The driver's library: loaded and started once, and only where there is one. */
final class CudaDriver {
  private CudaDriver() {}

  /**
   * Makes {@link JCudaDriver} usable.
   *
   * @throws DriverException if the driver does not start
   */
  static void start() {
    Started.requireOk();
  }

  /** How many devices there are, as the result of the call that failed or the last one. */
  static int countDevices(int[] count) {
    return Started.RESULT == CUresult.CUDA_SUCCESS
        ? JCudaDriver.cuDeviceGetCount(count)
        : Started.RESULT;
  }

  static DriverException exception(String call, int result) {
    String[] detail = new String[1];
    JCudaDriver.cuGetErrorString(result, detail);
    String text = detail[0] == null ? "no description" : detail[0];
    return new DriverException(call, result, CUresult.stringFor(result), text);
  }

  private static final class Started {
    private static final int RESULT = result();

    private static int result() {
      JcudaNatives.load("jcuda.driver.JCudaDriver");
      return JCudaDriver.cuInit(0);
    }

    static void requireOk() {
      if (RESULT != CUresult.CUDA_SUCCESS) {
        throw exception("cuInit", RESULT);
      }
    }
  }
}
