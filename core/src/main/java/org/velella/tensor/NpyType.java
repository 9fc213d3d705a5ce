package org.velella.tensor;

import java.nio.ByteBuffer;

/** The element types that a {@code .npy} file may hold, each with the exact type it is read as. */
public enum NpyType {
  FLOAT16("f2", 2, DType.FLOAT32),
  FLOAT32("f4", 4, DType.FLOAT32),
  FLOAT64("f8", 8, DType.FLOAT64),
  INT8("i1", 1, DType.INT32),
  INT16("i2", 2, DType.INT32),
  INT32("i4", 4, DType.INT32),
  INT64("i8", 8, DType.INT64),
  UINT8("u1", 1, DType.UINT8),
  UINT16("u2", 2, DType.INT32),
  UINT32("u4", 4, DType.INT64),
  BOOL("b1", 1, DType.BOOL);

  private final String code;
  private final int bytes;
  private final DType dtype;

  NpyType(String code, int bytes, DType dtype) {
    this.code = code;
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /** NumPy's name without the byte order, such as {@code f4}. */
  String code() {
    return code;
  }

  /** Bytes of one element in the file. */
  public int bytes() {
    return bytes;
  }

  /** The type of the tensor that comes out; every value is kept exactly. */
  public DType dtype() {
    return dtype;
  }

  /** The file type that a tensor of {@code dtype} is written as. */
  static NpyType of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> FLOAT32;
      case FLOAT64 -> FLOAT64;
      case INT32 -> INT32;
      case INT64 -> INT64;
      case UINT8 -> UINT8;
      case BOOL -> BOOL;
    };
  }

  /** A flat array of {@link #dtype()} elements. */
  Object array(int length) {
    return switch (dtype) {
      case FLOAT32 -> new float[length];
      case FLOAT64 -> new double[length];
      case INT32 -> new int[length];
      case INT64 -> new long[length];
      case UINT8, BOOL -> new byte[length];
    };
  }

  /** Takes {@code count} elements out of {@code in} into {@code to[at...]}. */
  void decode(ByteBuffer in, Object to, int at, int count) {
    int end = at + count;
    switch (this) {
      case FLOAT32 -> in.asFloatBuffer().get((float[]) to, at, count);
      case FLOAT64 -> in.asDoubleBuffer().get((double[]) to, at, count);
      case INT32 -> in.asIntBuffer().get((int[]) to, at, count);
      case INT64 -> in.asLongBuffer().get((long[]) to, at, count);
      case UINT8, BOOL -> in.get(in.position(), (byte[]) to, at, count);
      case FLOAT16 -> {
        float[] floats = (float[]) to;
        for (int i = at, from = in.position(); i < end; i++, from += 2) {
          floats[i] = halfToFloat(in.getShort(from));
        }
      }
      case INT8 -> {
        int[] ints = (int[]) to;
        for (int i = at, from = in.position(); i < end; i++, from++) {
          ints[i] = in.get(from);
        }
      }
      case INT16 -> {
        int[] ints = (int[]) to;
        for (int i = at, from = in.position(); i < end; i++, from += 2) {
          ints[i] = in.getShort(from);
        }
      }
      case UINT16 -> {
        int[] ints = (int[]) to;
        for (int i = at, from = in.position(); i < end; i++, from += 2) {
          ints[i] = in.getShort(from) & 0xffff;
        }
      }
      case UINT32 -> {
        long[] longs = (long[]) to;
        for (int i = at, from = in.position(); i < end; i++, from += 4) {
          longs[i] = in.getInt(from) & 0xffffffffL;
        }
      }
    }
    in.position(in.position() + count * bytes);
  }

  /** IEEE binary16 to binary32, which holds every value of it. */
  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int biased = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | biased << 23 | fraction << 13);
  }
}
