package org.velella.tensor;

/** The element types that memories, weights and files may have; the engine computes in FLOAT32. */
public enum DType {
  FLOAT32("F32", 4),
  FLOAT64("F64", 8),
  INT32("I32", 4),
  INT64("I64", 8),
  UINT8("U8", 1),
  BOOL("BOOL", 1);

  private final String code;
  private final int bytes;

  DType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The safetensors name of this type, such as {@code F32}. */
  public String code() {
    return code;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /**
   * The type with a safetensors name.
   *
   * @throws IllegalArgumentException if Velella does not know the name
   */
  public static DType ofCode(String code) {
    for (DType type : values()) {
      if (type.code.equals(code)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "Unknown dtype '" + code + "'; known are F32, F64, I32, I64, U8 and BOOL");
  }
}
