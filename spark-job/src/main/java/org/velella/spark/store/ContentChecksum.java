package org.velella.spark.store;

import java.util.zip.CRC32C;

/**
 * Length and CRC32C of a file, from those of its pieces in order: whoever has read a piece has done
 * its part, and the result does not depend on how the file was cut.
 */
public final class ContentChecksum {
  /** The Castagnoli polynomial, the coefficient of x^0 in bit 31. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private static final int ONE = 1 << 31;

  /** x^8, which one more byte multiplies by. */
  private static final int BYTE = 1 << 23;

  private long length;
  private int crc;

  /** The CRC32C of some bytes. */
  public static int of(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Takes the next piece.
   *
   * @param pieceCrc its CRC32C
   * @param bytes its length
   */
  public void add(int pieceCrc, long bytes) {
    crc = multiply(powerOfByte(bytes), crc) ^ pieceCrc;
    length += bytes;
  }

  /** Bytes of all pieces. */
  public long length() {
    return length;
  }

  /** A text that is equal for equal content. */
  public String text() {
    return String.format(java.util.Locale.ROOT, "%d bytes, crc32c %08x", length, crc);
  }

  /** x^(8 n) modulo the polynomial. */
  private static int powerOfByte(long n) {
    int power = ONE;
    int square = BYTE;
    for (long rest = n; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        power = multiply(power, square);
      }
      square = multiply(square, square);
    }
    return power;
  }

  /** The product of two polynomials over two elements, modulo the polynomial. */
  private static int multiply(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = Integer.SIZE - 1; bit >= 0; bit--) {
      if ((a >>> bit & 1) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? shifted >>> 1 ^ POLYNOMIAL : shifted >>> 1;
    }
    return product;
  }
}
