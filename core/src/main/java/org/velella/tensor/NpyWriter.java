package org.velella.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tensors as NumPy 2 does: format 1.0, little-endian, C order, data at a multiple of 64. */
final class NpyWriter {
  private static final int ALIGNMENT = 64;
  // NumPy leaves room for the first axis to grow to 21 digits without moving the data.
  private static final int GROWTH_DIGITS = 21;
  private static final int BLOCK_BYTES = 1 << 16;

  private NpyWriter() {}

  static void write(Tensor tensor, OutputStream out) throws IOException {
    out.write(headerBytes(tensor));
    NpyType type = NpyType.of(tensor.dtype());
    int size = tensor.size();
    int blockElements = BLOCK_BYTES / type.bytes();
    byte[] block = new byte[Math.min(size, blockElements) * type.bytes()];
    for (int at = 0; at < size; ) {
      int count = Math.min(blockElements, size - at);
      encode(tensor, at, count, ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN));
      out.write(block, 0, count * type.bytes());
      at += count;
    }
  }

  private static byte[] headerBytes(Tensor tensor) {
    NpyType type = NpyType.of(tensor.dtype());
    int rank = tensor.shape().rank();
    if (rank > Npy.MAX_RANK) {
      throw new IllegalArgumentException(
          "NumPy arrays have at most %d axes, found %d".formatted(Npy.MAX_RANK, rank));
    }
    StringBuilder axes = new StringBuilder();
    for (int axis = 0; axis < rank; axis++) {
      axes.append(axis == 0 ? "" : " ").append(tensor.shape().dim(axis));
      axes.append(axis == rank - 1 && rank > 1 ? "" : ",");
    }
    String text =
        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type.bytes() == 1 ? "|" : "<", type.code(), axes);
    int growth = rank == 0 ? 0 : GROWTH_DIGITS - Integer.toString(tensor.shape().dim(0)).length();
    int used = Npy.MAGIC.length + 4 + text.length() + growth + 1;
    int total = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    header
        .put(Npy.MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (total - Npy.MAGIC.length - 4));
    header.put(text.getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(header.array(), header.position(), total - 1, (byte) ' ');
    header.array()[total - 1] = '\n';
    return header.array();
  }

  private static void encode(Tensor tensor, int at, int count, ByteBuffer to) {
    switch (tensor.dtype()) {
      case FLOAT32 -> {
        for (int i = at; i < at + count; i++) {
          to.putInt(Tensor.canonicalBits(tensor.floats()[i]));
        }
      }
      case FLOAT64 -> {
        for (int i = at; i < at + count; i++) {
          to.putLong(Double.doubleToLongBits(tensor.doubles()[i]));
        }
      }
      case INT32 -> to.asIntBuffer().put(tensor.ints(), at, count);
      case INT64 -> to.asLongBuffer().put(tensor.longs(), at, count);
      case UINT8, BOOL -> to.put(tensor.bytes(), at, count);
    }
  }
}
