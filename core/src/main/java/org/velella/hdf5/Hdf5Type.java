package org.velella.hdf5;

import java.nio.charset.StandardCharsets;

/** The element types that are written, as h5py describes them. */
public enum Hdf5Type {
  FLOAT32(Float.BYTES),
  FLOAT64(Double.BYTES),
  INT64(Long.BYTES),
  /** What numpy calls bool: an enumeration over bytes. */
  BOOL(1),
  /** A string of any length: its length and where it lies in a heap. */
  TEXT(16);

  private final int size;

  Hdf5Type(int size) {
    this.size = size;
  }

  /** Bytes of an element. */
  public int size() {
    return size;
  }

  /** The type's datatype message. */
  byte[] description() {
    return switch (this) {
      case FLOAT32 -> floating(0x1f, 23, 8, 127);
      case FLOAT64 -> floating(0x3f, 52, 11, 1023);
      case INT64 -> integer(0x08, Long.BYTES);
      case BOOL ->
          Hdf5Header.bytes(
              40,
              b -> {
                b.put((byte) 0x38).put((byte) 2).putShort((short) 0).putInt(1);
                b.put(integer(0x08, 1));
                b.put("FALSE\0TRUE\0".getBytes(StandardCharsets.US_ASCII));
                b.put((byte) 0).put((byte) 1);
              });
      case TEXT ->
          Hdf5Header.bytes(
              20,
              b -> {
                b.put((byte) 0x19).put((byte) 1).put((byte) 1).put((byte) 0).putInt(size);
                b.put(integer(0, 1));
              });
    };
  }

  private byte[] floating(int sign, int mantissa, int exponent, int bias) {
    return Hdf5Header.bytes(
        20,
        b -> {
          b.put((byte) 0x11).put((byte) 0x20).put((byte) sign).put((byte) 0).putInt(size);
          b.putShort((short) 0).putShort((short) (size * Byte.SIZE));
          b.put((byte) mantissa).put((byte) exponent).put((byte) 0).put((byte) mantissa);
          b.putInt(bias);
        });
  }

  private static byte[] integer(int sign, int size) {
    return Hdf5Header.bytes(
        12,
        b -> {
          b.put((byte) 0x10).put((byte) sign).putShort((short) 0).putInt(size);
          b.putShort((short) 0).putShort((short) (size * Byte.SIZE));
        });
  }
}
