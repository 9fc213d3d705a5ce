package org.velella.tensor;

import java.nio.ByteBuffer;

/** The element types that a safetensors file may hold, each with the exact type it is read as. */
public enum SafetensorsType {
  F64(NpyType.FLOAT64),
  F32(NpyType.FLOAT32),
  F16(NpyType.FLOAT16),
  BF16(null),
  I64(NpyType.INT64),
  I32(NpyType.INT32),
  I16(NpyType.INT16),
  I8(NpyType.INT8),
  U32(NpyType.UINT32),
  U16(NpyType.UINT16),
  U8(NpyType.UINT8),
  BOOL(NpyType.BOOL);

  private final NpyType same;

  SafetensorsType(NpyType same) {
    this.same = same;
  }

  /** Bytes of one element in the file. */
  public int bytes() {
    return same == null ? 2 : same.bytes();
  }

  /** The type of the tensor that comes out; every value is kept exactly. */
  public DType dtype() {
    return same == null ? DType.FLOAT32 : same.dtype();
  }

  /** Whether tensors have this type themselves. */
  boolean isOurs() {
    return dtype().code().equals(name());
  }

  /** Takes {@code count} little-endian elements out of {@code in} into a tensor's elements. */
  void decode(ByteBuffer in, Object to, int at, int count) {
    if (same != null) {
      same.decode(in, to, at, count);
      return;
    }
    float[] floats = (float[]) to;
    for (int i = 0; i < count; i++) {
      // The upper half of a float32.
      floats[at + i] = Float.intBitsToFloat(in.getShort() << 16);
    }
  }

  /**
   * The type of a name such as {@code BF16}.
   *
   * @throws IllegalArgumentException if there is none that can be read exactly
   */
  static SafetensorsType ofCode(String code) {
    for (SafetensorsType type : values()) {
      if (type.name().equals(code)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "Unknown dtype '"
            + code
            + "'; known are F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8 and BOOL");
  }
}
