package org.velella.gpu.driver;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of a launch, in the kernel's order. One object serves many launches: {@link
 * #clear()} empties it. Used by one thread.
 */
public final class KernelArguments {
  /** What every CUDA device takes at least. */
  private static final int MAX_BYTES = 4096;

  /** Every argument has a slot of this size, whatever it takes of it. */
  static final int SLOT = Long.BYTES;

  private long[] values = new long[16];
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private int count;

  /** No arguments yet. */
  public KernelArguments() {}

  /** Forgets all arguments. */
  public KernelArguments clear() {
    count = 0;
    buffers.clear();
    return this;
  }

  /**
   * Adds the device address of a buffer's byte, for a {@code .u64} parameter.
   *
   * @throws IndexOutOfBoundsException if the byte lies behind the buffer's end
   */
  public KernelArguments pointer(DeviceBuffer buffer, long byteOffset) {
    if (byteOffset < 0 || byteOffset > buffer.bytes()) {
      throw new IndexOutOfBoundsException(
          "Byte %d of a buffer of %d bytes".formatted(byteOffset, buffer.bytes()));
    }
    buffers.add(buffer);
    return int64(buffer.address() + byteOffset);
  }

  /** Adds a {@code .u32} or {@code .s32}. */
  public KernelArguments int32(int value) {
    return int64(value & 0xFFFF_FFFFL);
  }

  /** Adds a {@code .u64} or {@code .s64}. */
  public KernelArguments int64(long value) {
    if (count * SLOT == MAX_BYTES) {
      throw new IllegalStateException("More than " + MAX_BYTES + " bytes of kernel arguments");
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count] = value;
    count++;
    return this;
  }

  /** Adds a {@code .f32}, bit for bit. */
  public KernelArguments float32(float value) {
    return int32(Float.floatToRawIntBits(value));
  }

  /** How many arguments there are. */
  public int count() {
    return count;
  }

  /** Writes one slot per argument; the low bytes come first, so that narrow ones start theirs. */
  void writeTo(ByteBuffer slots) {
    for (int i = 0; i < count; i++) {
      slots.putLong(i * SLOT, values[i]);
    }
  }

  void requireOpen() {
    buffers.forEach(DeviceBuffer::address);
  }

  static int maxCount() {
    return MAX_BYTES / SLOT;
  }
}
