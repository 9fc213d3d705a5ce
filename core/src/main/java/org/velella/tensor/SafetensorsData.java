package org.velella.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements to little-endian bytes and back, through a small buffer. */
final class SafetensorsData {
  private static final int BUFFER_BYTES = 1 << 16;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes the elements; every NaN becomes the one NaN of its type, so equal tensors give equal
   * bytes.
   */
  void write(Tensor tensor, OutputStream out) throws IOException {
    int size = tensor.size();
    int width = tensor.dtype().bytes();
    int step = BUFFER_BYTES / width;
    for (int from = 0; from < size; from += step) {
      int count = Math.min(step, size - from);
      encode(tensor, from, count);
      out.write(buffer, 0, count * width);
    }
  }

  private void encode(Tensor tensor, int from, int count) {
    switch (tensor.dtype()) {
      case FLOAT32 -> {
        float[] floats = tensor.floats();
        for (int i = 0; i < count; i++) {
          view.putInt(4 * i, Tensor.canonicalBits(floats[from + i]));
        }
      }
      case FLOAT64 -> {
        double[] doubles = tensor.doubles();
        for (int i = 0; i < count; i++) {
          view.putLong(8 * i, Double.doubleToLongBits(doubles[from + i]));
        }
      }
      case INT32 -> view.asIntBuffer().put(tensor.ints(), from, count);
      case INT64 -> view.asLongBuffer().put(tensor.longs(), from, count);
      case UINT8, BOOL -> System.arraycopy(tensor.bytes(), from, buffer, 0, count);
    }
  }

  /** A tensor from the next bytes of a stream. */
  Tensor read(String name, SafetensorsHeader.Entry entry, InputStream in) throws IOException {
    Tensor tensor = Tensor.zeros(entry.dtype(), entry.shape());
    int size = tensor.size();
    int width = entry.dtype().bytes();
    int step = BUFFER_BYTES / width;
    for (int from = 0; from < size; from += step) {
      int count = Math.min(step, size - from);
      int length = count * width;
      int got = in.readNBytes(buffer, 0, length);
      if (got < length) {
        throw new SafetensorsException(
            "The file ends inside tensor '%s', %d bytes before its end"
                .formatted(name, entry.length() - (long) from * width - got));
      }
      decode(tensor, from, count, name);
    }
    return tensor;
  }

  private void decode(Tensor tensor, int from, int count, String name) {
    switch (tensor.dtype()) {
      case FLOAT32 -> view.asFloatBuffer().get(tensor.floats(), from, count);
      case FLOAT64 -> view.asDoubleBuffer().get(tensor.doubles(), from, count);
      case INT32 -> view.asIntBuffer().get(tensor.ints(), from, count);
      case INT64 -> view.asLongBuffer().get(tensor.longs(), from, count);
      case UINT8 -> System.arraycopy(buffer, 0, tensor.bytes(), from, count);
      case BOOL -> {
        byte[] bytes = tensor.bytes();
        for (int i = 0; i < count; i++) {
          if ((buffer[i] & 0xfe) != 0) {
            throw new SafetensorsException(
                "Element %d of BOOL tensor '%s' is %d instead of 0 or 1"
                    .formatted(from + i, name, buffer[i] & 0xff));
          }
          bytes[from + i] = buffer[i];
        }
      }
    }
  }
}
