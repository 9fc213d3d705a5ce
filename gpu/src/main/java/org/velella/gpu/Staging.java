package org.velella.gpu;

import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.HostBuffer;

/**
 * Page-locked memory through which a program's arrays go to and from its device, one at a time. It
 * goes with the program's part of the device.
 */
final class Staging {
  /** The most that there is; a multiple of every element's size. */
  static final long MOST_BYTES = 16L << 20;

  private static final long LEAST_BYTES = 64L << 10;

  private final CudaDevice device;
  private HostBuffer buffer;

  Staging(CudaDevice device) {
    this.device = device;
  }

  CudaDevice device() {
    return device;
  }

  /** Room for so many bytes, or for the most that there is. */
  HostBuffer room(long bytes) {
    long wanted = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes));
    if (buffer == null || buffer.bytes() < wanted) {
      if (buffer != null) {
        buffer.close();
        buffer = null;
      }
      buffer = device.pin(wanted);
    }
    return buffer;
  }
}
