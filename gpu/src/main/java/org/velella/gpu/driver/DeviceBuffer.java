package org.velella.gpu.driver;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Memory of a device. Its content is undefined at first. */
public final class DeviceBuffer extends Owned {
  private final long bytes;
  private final Address pointer = new Address();

  DeviceBuffer(CudaDevice device, long bytes) {
    super(device);
    if (bytes < 1) {
      throw new IllegalArgumentException("Cannot allocate " + bytes + " bytes");
    }
    this.bytes = bytes;
    context().enter();
    context().check("cuMemAlloc", JCudaDriver.cuMemAlloc(pointer, bytes), bytes);
    own();
  }

  /** Its size. */
  public long bytes() {
    return bytes;
  }

  /**
   * Where it lies in the device's address space.
   *
   * @throws IllegalStateException if it is closed
   */
  public long address() {
    requireOpen();
    return pointer.value();
  }

  CUdeviceptr at(long offset, long length) {
    requireOpen();
    requireWithin(offset, length, bytes);
    return pointer.withByteOffset(offset);
  }

  static void requireWithin(long offset, long length, long bytes) {
    if (offset < 0 || length < 0 || offset > bytes - length) {
      throw new IndexOutOfBoundsException(
          "%d bytes from byte %d of a buffer of %d bytes".formatted(length, offset, bytes));
    }
  }

  @Override
  void free() {
    context().freed("cuMemFree", JCudaDriver.cuMemFree(pointer));
  }

  /** Lets the address be read as a number. */
  private static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }
}
