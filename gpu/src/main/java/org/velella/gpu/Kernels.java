package org.velella.gpu;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceFunction;
import org.velella.gpu.driver.DeviceModule;
import org.velella.gpu.kernel.PtxKernel;

/**
 * The kernels of one device that the programs of this process use: every text is assembled once,
 * and stays until the last program on that device closes.
 */
final class Kernels implements AutoCloseable {
  private static final Map<Integer, Kernels> BY_DEVICE = new HashMap<>();

  private final int ordinal;
  private final CudaDevice device;
  private final Map<String, DeviceFunction> functions = new ConcurrentHashMap<>();
  private int users;

  private Kernels(int ordinal) {
    this.ordinal = ordinal;
    device = CudaDevice.open(ordinal);
  }

  /** Those of a device, for one program, which must close them. */
  static Kernels open(int ordinal) {
    synchronized (BY_DEVICE) {
      Kernels kernels = BY_DEVICE.get(ordinal);
      if (kernels == null || kernels.device.isLost()) {
        kernels = new Kernels(ordinal);
        BY_DEVICE.put(ordinal, kernels);
      }
      kernels.users++;
      return kernels;
    }
  }

  /** The function of a kernel, assembled now if it is a new one. */
  DeviceFunction function(PtxKernel kernel) {
    return functions.computeIfAbsent(kernel.text(), this::load);
  }

  private DeviceFunction load(String text) {
    DeviceModule module = device.load(text);
    try {
      return module.function(PtxKernel.ENTRY);
    } catch (RuntimeException | Error e) {
      module.close();
      throw e;
    }
  }

  @Override
  public void close() {
    synchronized (BY_DEVICE) {
      users--;
      if (users == 0) {
        BY_DEVICE.remove(ordinal, this);
        device.close();
      }
    }
  }
}
