package org.velella.gpu.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A queue of work of a device. What is put in is done in that order, later than the call returns;
 * two streams know nothing of each other but what {@link #waitFor} says. An error of the work shows
 * in a later call. Used by one thread at a time.
 */
public final class DeviceStream extends Owned {
  /** Does not wait for, nor hold up, the stream that other libraries use by default. */
  private static final int NON_BLOCKING = 1;

  private final CUstream stream = new CUstream();
  private final ByteBuffer slots;
  private final Pointer[] arguments = new Pointer[KernelArguments.maxCount()];

  DeviceStream(CudaDevice device) {
    super(device);
    context().enter();
    context().check("cuStreamCreate", JCudaDriver.cuStreamCreate(stream, NON_BLOCKING));
    int bytes = arguments.length * KernelArguments.SLOT;
    slots = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Pointer base = Pointer.to(slots);
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = base.withByteOffset((long) i * KernelArguments.SLOT);
    }
    own();
  }

  /**
   * Starts a kernel. The arguments are read before this returns.
   *
   * @throws DriverException if the kernel cannot be started so
   */
  public void launch(DeviceFunction function, LaunchShape shape, KernelArguments values) {
    enter();
    values.requireOpen();
    function.allowDynamicShared(shape.dynamicShared());
    values.writeTo(slots);
    Pointer pointers = Pointer.to(Arrays.copyOf(arguments, values.count()));
    context()
        .check(
            "cuLaunchKernel of " + function.name(),
            JCudaDriver.cuLaunchKernel(
                function.handle(),
                shape.gridX(),
                shape.gridY(),
                shape.gridZ(),
                shape.blockX(),
                shape.blockY(),
                1,
                shape.dynamicShared(),
                stream,
                pointers,
                null));
  }

  /** Copies to the device. The host's bytes must stay as they are until the copy is done. */
  public void upload(HostBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    enter();
    if (bytes > 0) {
      context()
          .check(
              "cuMemcpyHtoDAsync",
              JCudaDriver.cuMemcpyHtoDAsync(
                  to.at(toByte, bytes), from.at(fromByte, bytes), bytes, stream));
    }
  }

  /** Copies from the device. The host's bytes are there when the copy is done. */
  public void download(DeviceBuffer from, long fromByte, HostBuffer to, long toByte, long bytes) {
    enter();
    if (bytes > 0) {
      context()
          .check(
              "cuMemcpyDtoHAsync",
              JCudaDriver.cuMemcpyDtoHAsync(
                  to.at(toByte, bytes), from.at(fromByte, bytes), bytes, stream));
    }
  }

  /** Copies within the device. */
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    enter();
    if (bytes > 0) {
      context()
          .check(
              "cuMemcpyDtoDAsync",
              JCudaDriver.cuMemcpyDtoDAsync(
                  to.at(toByte, bytes), from.at(fromByte, bytes), bytes, stream));
    }
  }

  /**
   * Writes a 32-bit word over and over.
   *
   * @param offset in bytes, a multiple of 4
   */
  public void fill(DeviceBuffer to, long offset, int word, long words) {
    enter();
    if (words > 0) {
      long bytes = Math.multiplyExact(words, Integer.BYTES);
      context()
          .check(
              "cuMemsetD32Async",
              JCudaDriver.cuMemsetD32Async(to.at(offset, bytes), word, words, stream));
    }
  }

  /** The moment when all that is in the queue now is done. */
  public DeviceEvent record() {
    requireOpen();
    DeviceEvent event = new DeviceEvent(owner());
    record(event);
    return event;
  }

  /** Lets an event that was used before stand for the moment when all that is in now is done. */
  public void record(DeviceEvent event) {
    enter();
    context().check("cuEventRecord", JCudaDriver.cuEventRecord(event.handle(), stream));
  }

  /** Lets what is put in from now on wait for a moment of another stream. */
  public void waitFor(DeviceEvent event) {
    enter();
    context().check("cuStreamWaitEvent", JCudaDriver.cuStreamWaitEvent(stream, event.handle(), 0));
  }

  /** Waits until all that is in the queue is done. */
  public void synchronize() {
    enter();
    context().check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
  }

  @Override
  void free() {
    // What is still under way may use buffers that are freed next.
    context().freed("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
    context().freed("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream));
  }
}
