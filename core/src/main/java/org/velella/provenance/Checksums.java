package org.velella.provenance;

import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** CRC32C as eight lower-case hexadecimal digits. */
public final class Checksums {
  public static final int DIGITS = 8;

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{8}");

  private Checksums() {}

  /** That of an array. */
  public static String crc32c(byte[] bytes) {
    return crc32c(bytes, 0, bytes.length);
  }

  /** That of a part of an array. */
  public static String crc32c(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return hex(crc);
  }

  /** That of all that was taken. */
  public static String hex(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /**
   * The text, if it is a checksum.
   *
   * @throws IllegalArgumentException if not
   */
  public static String requireHex(String text) {
    if (!HEX.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a CRC32C in hexadecimal");
    }
    return text;
  }
}
