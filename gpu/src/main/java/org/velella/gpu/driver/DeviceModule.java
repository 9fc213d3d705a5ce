package org.velella.gpu.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/** Kernels that the driver has assembled for a device. */
public final class DeviceModule extends Owned {
  private static final int LOG_BYTES = 8192;

  private final CUmodule module = new CUmodule();

  DeviceModule(CudaDevice device, String ptx) {
    super(device);
    byte[] text = Arrays.copyOf(ptx.getBytes(US_ASCII), ptx.length() + 1);
    JITOptions options = new JITOptions();
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
    context().enter();
    int result = JCudaDriver.cuModuleLoadDataJIT(module, Pointer.to(text), options);
    if (result == CUresult.CUDA_ERROR_INVALID_PTX
        || result == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
        || result == CUresult.CUDA_ERROR_INVALID_IMAGE
        || result == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU) {
      throw new IllegalArgumentException(
          "The driver does not assemble this device code (%s): %s"
              .formatted(CUresult.stringFor(result), log(options)));
    }
    context().check("cuModuleLoadDataEx", result);
    own();
  }

  private static String log(JITOptions options) {
    byte[] log = options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
    int end = 0;
    while (end < log.length && log[end] != 0) {
      end++;
    }
    return end == 0 ? "no log" : new String(log, 0, end, ISO_8859_1).strip();
  }

  /**
   * A kernel by its name.
   *
   * @throws DriverException if there is none of that name
   */
  public DeviceFunction function(String name) {
    enter();
    CUfunction function = new CUfunction();
    context()
        .check(
            "cuModuleGetFunction('" + name + "')",
            JCudaDriver.cuModuleGetFunction(function, module, name));
    return new DeviceFunction(this, function, name);
  }

  @Override
  void free() {
    context().freed("cuModuleUnload", JCudaDriver.cuModuleUnload(module));
  }
}
