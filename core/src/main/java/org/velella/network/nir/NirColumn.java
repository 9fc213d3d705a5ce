package org.velella.network.nir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.velella.hdf5.Hdf5Region;

/** Fills a dataset from front to back, a few kilobytes at a time. */
final class NirColumn {
  private final Hdf5Region region;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private long written;

  NirColumn(Hdf5Region region) {
    this.region = region;
  }

  void putLong(long value) {
    flush(Long.BYTES);
    buffer.putLong(value);
  }

  void putDouble(double value) {
    flush(Double.BYTES);
    buffer.putDouble(value);
  }

  void putFloat(float value) {
    flush(Float.BYTES);
    buffer.putFloat(value);
  }

  private void flush(int needed) {
    if (buffer.remaining() < needed) {
      region.write(written, buffer.array(), buffer.position());
      written += buffer.position();
      buffer.clear();
    }
  }

  /** Writes what is left; the dataset's address. */
  long finish() {
    flush(buffer.capacity() + 1);
    return region.address();
  }
}
