package org.velella.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Elements to little-endian bytes and back, through a small buffer. */
final class SafetensorsData {
  private static final int BUFFER_BYTES = 1 << 18;

  /** Few calls of the file system, and smaller tensors are not worth a direct buffer. */
  private static final int DIRECT_BYTES = 1 << 20;

  private ByteBuffer directly;

  /** Large tensors that were written before and had no NaN: writing them again need not look. */
  private final Set<Tensor> withoutNan = Collections.newSetFromMap(new IdentityHashMap<>());

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes the elements; every NaN becomes the one NaN of its type, so equal tensors give equal
   * bytes.
   */
  void write(Tensor tensor, OutputStream out) throws IOException {
    boolean clean = withoutNan.contains(tensor);
    if (clean && out instanceof WritableByteChannel channel) {
      writeDirectly(tensor.floats(), channel);
      return;
    }
    int size = tensor.size();
    int width = tensor.dtype().bytes();
    int step = BUFFER_BYTES / width;
    boolean nan = false;
    for (int from = 0; from < size; from += step) {
      int count = Math.min(step, size - from);
      nan |= encode(tensor, from, count, !clean);
      out.write(buffer, 0, count * width);
    }
    if (tensor.dtype() == DType.FLOAT32 && !nan && (long) size * width >= DIRECT_BYTES) {
      withoutNan.add(tensor);
    }
  }

  private void writeDirectly(float[] floats, WritableByteChannel out) throws IOException {
    ByteBuffer bytes = direct();
    int step = DIRECT_BYTES / Float.BYTES;
    for (int from = 0; from < floats.length; from += step) {
      int count = Math.min(step, floats.length - from);
      bytes.clear().limit(count * Float.BYTES);
      bytes.asFloatBuffer().put(floats, from, count);
      out.write(bytes);
    }
  }

  private ByteBuffer direct() {
    if (directly == null) {
      directly = ByteBuffer.allocateDirect(DIRECT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    return directly;
  }

  /** Fills the buffer; tells whether it has met a float32 NaN. */
  private boolean encode(Tensor tensor, int from, int count, boolean mayHaveNan) {
    boolean nan = false;
    switch (tensor.dtype()) {
      case FLOAT32 -> {
        float[] floats = tensor.floats();
        view.asFloatBuffer().put(floats, from, count);
        nan = mayHaveNan && hasNan(floats, from, from + count);
        if (nan) {
          for (int i = 0; i < count; i++) {
            view.putInt(4 * i, Tensor.canonicalBits(floats[from + i]));
          }
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
    return nan;
  }

  /** Eight at a time, because this runs over every state that is saved. */
  private static boolean hasNan(float[] x, int from, int to) {
    int i = from;
    boolean nan = false;
    for (; i < to - 7 && !nan; i += 8) {
      nan =
          (x[i] != x[i] | x[i + 1] != x[i + 1] | x[i + 2] != x[i + 2] | x[i + 3] != x[i + 3])
              | (x[i + 4] != x[i + 4]
                  | x[i + 5] != x[i + 5]
                  | x[i + 6] != x[i + 6]
                  | x[i + 7] != x[i + 7]);
    }
    for (; i < to && !nan; i++) {
      nan = x[i] != x[i];
    }
    return nan;
  }

  /** A tensor from the next bytes of a stream; of a channel, without a copy in between. */
  Tensor read(String name, SafetensorsHeader.Entry entry, InputStream in) throws IOException {
    Tensor tensor = Tensor.zeros(entry.dtype(), entry.shape());
    boolean direct = entry.stored() == SafetensorsType.F32 && entry.length() >= DIRECT_BYTES;
    if (direct && in instanceof ReadableByteChannel channel) {
      readDirectly(name, tensor.floats(), channel);
    } else {
      readThroughHeap(name, entry, tensor, in);
    }
    return tensor;
  }

  private void readDirectly(String name, float[] floats, ReadableByteChannel in)
      throws IOException {
    ByteBuffer bytes = direct();
    int step = DIRECT_BYTES / Float.BYTES;
    for (int from = 0; from < floats.length; from += step) {
      int count = Math.min(step, floats.length - from);
      bytes.clear().limit(count * Float.BYTES);
      while (bytes.hasRemaining()) {
        if (in.read(bytes) < 0) {
          throw cutShort(name, ((long) floats.length - from) * Float.BYTES - bytes.position());
        }
      }
      bytes.flip();
      bytes.asFloatBuffer().get(floats, from, count);
    }
  }

  private static SafetensorsException cutShort(String name, long missing) {
    return new SafetensorsException(
        "The file ends inside tensor '%s', %d bytes before its end".formatted(name, missing));
  }

  private void readThroughHeap(
      String name, SafetensorsHeader.Entry entry, Tensor tensor, InputStream in)
      throws IOException {
    int size = tensor.size();
    int width = entry.stored().bytes();
    int step = BUFFER_BYTES / width;
    for (int from = 0; from < size; from += step) {
      int count = Math.min(step, size - from);
      int length = count * width;
      int got = in.readNBytes(buffer, 0, length);
      if (got < length) {
        throw cutShort(name, entry.length() - (long) from * width - got);
      }
      if (entry.stored().isOurs()) {
        decode(tensor, from, count, name);
      } else {
        ByteBuffer bytes = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        entry.stored().decode(bytes, elements(tensor), from, count);
      }
    }
  }

  private static Object elements(Tensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32 -> tensor.floats();
      case FLOAT64 -> tensor.doubles();
      case INT32 -> tensor.ints();
      case INT64 -> tensor.longs();
      case UINT8, BOOL -> tensor.bytes();
    };
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
