package org.velella.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.driver.HostBuffer;

/** Copies arrays to and from a device at once, through page-locked memory. */
final class Uploads {
  private static final long PIECE = Staging.MOST_BYTES;

  private final CudaDevice device;
  private final Staging staging;
  private final DeviceStream stream;
  private final UseCounter use;

  Uploads(Staging staging, DeviceStream stream, UseCounter use) {
    this.staging = staging;
    device = staging.device();
    this.stream = stream;
    this.use = use;
  }

  /** The same through another stream. */
  Uploads on(DeviceStream other) {
    return new Uploads(staging, other, use);
  }

  /** A new buffer with these numbers, of at least one element. */
  DeviceBuffer floats(float[] values) {
    DeviceBuffer buffer = device.allocate(Math.max(1, values.length) * (long) Float.BYTES);
    write(buffer, 0, values);
    return buffer;
  }

  /** A new buffer with these numbers, of at least one element. */
  DeviceBuffer ints(int[] values) {
    DeviceBuffer buffer = device.allocate(Math.max(1, values.length) * (long) Integer.BYTES);
    write(buffer, 0, values);
    return buffer;
  }

  /** A new buffer with these numbers. */
  DeviceBuffer longs(long[] values) {
    DeviceBuffer buffer = device.allocate((long) values.length * Long.BYTES);
    in(
        buffer,
        0,
        (long) values.length * Long.BYTES,
        (at, host) ->
            host.asLongBuffer()
                .put(values, (int) (at / Long.BYTES), host.remaining() / Long.BYTES));
    return buffer;
  }

  /** Overwrites numbers from a byte on. */
  void write(DeviceBuffer buffer, long offset, int[] values) {
    in(
        buffer,
        offset,
        (long) values.length * Integer.BYTES,
        (at, host) ->
            host.asIntBuffer()
                .put(values, (int) (at / Integer.BYTES), host.remaining() / Integer.BYTES));
  }

  /** Overwrites numbers from a byte on. */
  void write(DeviceBuffer buffer, long offset, float[] values) {
    in(
        buffer,
        offset,
        (long) values.length * Float.BYTES,
        (at, host) ->
            host.asFloatBuffer()
                .put(values, (int) (at / Float.BYTES), host.remaining() / Float.BYTES));
  }

  /** Reads numbers from a byte on. */
  void read(DeviceBuffer buffer, long offset, float[] values) {
    out(
        buffer,
        offset,
        (long) values.length * Float.BYTES,
        (at, host) ->
            host.asFloatBuffer()
                .get(values, (int) (at / Float.BYTES), host.remaining() / Float.BYTES));
  }

  /** Reads numbers from a byte on. */
  void read(DeviceBuffer buffer, long offset, int[] values) {
    out(
        buffer,
        offset,
        (long) values.length * Integer.BYTES,
        (at, host) ->
            host.asIntBuffer()
                .get(values, (int) (at / Integer.BYTES), host.remaining() / Integer.BYTES));
  }

  private interface Copy {
    void take(long at, ByteBuffer host);
  }

  private interface Piece {
    void take(HostBuffer host, long at);
  }

  private void in(DeviceBuffer buffer, long offset, long bytes, Copy source) {
    pieces(
        bytes,
        (host, at) -> {
          long length = Math.min(PIECE, bytes - at);
          source.take(at, host.buffer().limit((int) length).order(ByteOrder.LITTLE_ENDIAN));
          stream.upload(host, 0, buffer, offset + at, length);
          stream.synchronize();
        });
    use.copiedIn(bytes);
  }

  private void out(DeviceBuffer buffer, long offset, long bytes, Copy target) {
    pieces(
        bytes,
        (host, at) -> {
          long length = Math.min(PIECE, bytes - at);
          stream.download(buffer, offset + at, host, 0, length);
          stream.synchronize();
          target.take(at, host.buffer().limit((int) length).order(ByteOrder.LITTLE_ENDIAN));
        });
    use.copiedOut(bytes);
  }

  private void pieces(long bytes, Piece piece) {
    if (bytes == 0) {
      return;
    }
    HostBuffer host = staging.room(bytes);
    for (long at = 0; at < bytes; at += PIECE) {
      piece.take(host, at);
    }
  }
}
