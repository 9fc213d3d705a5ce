package org.velella.gpu.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked memory of the host, which a device reads and writes while the processor works on. Its
 * views share its bytes, little endian; none of them may be touched after it is closed, nor while a
 * copy that reads or writes it is under way.
 */
public final class HostBuffer extends Owned {
  /** Memory that the contexts of all devices may use. */
  private static final int PORTABLE = 1;

  private final Pointer pointer = new Pointer();
  private final ByteBuffer buffer;

  HostBuffer(CudaDevice device, long bytes) {
    super(device);
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("Cannot page-lock " + bytes + " bytes in one buffer");
    }
    context().enter();
    context().check("cuMemHostAlloc", JCudaDriver.cuMemHostAlloc(pointer, bytes, PORTABLE), bytes);
    buffer = pointer.getByteBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    own();
  }

  /** Its size. */
  public long bytes() {
    return buffer.capacity();
  }

  /** All of it, with a position of its own. */
  public ByteBuffer buffer() {
    requireOpen();
    return buffer.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All of it as floats. */
  public FloatBuffer floats() {
    return buffer().asFloatBuffer();
  }

  /** All of it as ints. */
  public IntBuffer ints() {
    return buffer().asIntBuffer();
  }

  /** All of it as longs. */
  public LongBuffer longs() {
    return buffer().asLongBuffer();
  }

  Pointer at(long offset, long length) {
    requireOpen();
    DeviceBuffer.requireWithin(offset, length, buffer.capacity());
    return pointer.withByteOffset(offset);
  }

  @Override
  void free() {
    context().freed("cuMemFreeHost", JCudaDriver.cuMemFreeHost(pointer));
  }
}
