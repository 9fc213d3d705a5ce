package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.provenance.Checksums;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;
import org.velella.tensor.SafetensorsHeader;
import org.velella.tensor.Tensor;

/**
 * An open range file whose header is verified.
 *
 * @param where the file as users name it
 * @param data its data, verified block by block as it is read
 */
record OpenedRangeFile(String where, SavedRange saved, SafetensorsHeader layout, InputStream data) {
  static final String REMEDY =
      "restore it from a copy, or resume the run, which falls back to the range's previous state";

  private static final byte[] CRC_FIELD =
      ("\"" + RangeMetadata.HEADER_CRC + "\":\"").getBytes(US_ASCII);

  /**
   * @throws CheckpointCorruptException if the header is damaged
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  static OpenedRangeFile of(String where, String file, StoredInput input) throws IOException {
    try {
      byte[] bytes =
          Safetensors.readHeaderBytes(input.stream(), input.length(), Safetensors.MAX_HEADER_BYTES);
      String crc = verifiedCrc(bytes);
      SafetensorsHeader layout = Safetensors.parseHeader(bytes, input.length());
      RangeHeader header = RangeMetadata.fromFile(RangeFileName.require(file), layout, where);
      RangeFileRef ref =
          new RangeFileRef(
              file, header.step(), input.length(), crc, header.shared(), header.devices());
      String blocks = RangeMetadata.text(layout, RangeMetadata.BLOCK_CRCS);
      if (blocks.length() != BlockChecksums.digits(layout.dataLength())) {
        throw new IllegalArgumentException("the number of its block checksums is wrong");
      }
      InputStream data =
          new BlockChecksums.Verifying(input.stream(), layout.dataLength(), blocks, where);
      return new OpenedRangeFile(where, new SavedRange(ref, header), layout, data);
    } catch (SafetensorsException | IllegalArgumentException | ArithmeticException e) {
      throw damaged(where, e);
    }
  }

  /** Writes the checksum of all bytes before the data into them. */
  static String seal(byte[] headerBytes) {
    int at = crcPosition(headerBytes);
    String crc = Checksums.crc32c(headerBytes, 0, headerBytes.length);
    System.arraycopy(crc.getBytes(US_ASCII), 0, headerBytes, at, Checksums.DIGITS);
    return crc;
  }

  private static String verifiedCrc(byte[] bytes) {
    int at = crcPosition(bytes);
    if (at < 0) {
      throw new IllegalArgumentException("it has no checksum where a range file of Velella has it");
    }
    String stated = new String(bytes, at, Checksums.DIGITS, US_ASCII);
    byte[] zeroed = bytes.clone();
    Arrays.fill(zeroed, at, at + Checksums.DIGITS, (byte) '0');
    String computed = Checksums.crc32c(zeroed, 0, zeroed.length);
    if (!stated.equals(computed)) {
      throw new IllegalArgumentException(
          "its header has CRC32C %s instead of %s".formatted(computed, stated));
    }
    return stated;
  }

  /**
   * Where the eight digits of the header's checksum are, or -1. Quotes inside JSON strings are
   * escaped, so the field's text occurs once in a header without white space.
   */
  private static int crcPosition(byte[] bytes) {
    int last = bytes.length - CRC_FIELD.length - Checksums.DIGITS;
    for (int i = 0; i <= last; i++) {
      if (Arrays.equals(bytes, i, i + CRC_FIELD.length, CRC_FIELD, 0, CRC_FIELD.length)) {
        return i + CRC_FIELD.length;
      }
    }
    return -1;
  }

  private static CheckpointCorruptException damaged(String where, Exception cause) {
    return new CheckpointCorruptException(
        "%s is damaged: %s".formatted(where, cause.getMessage()), REMEDY, cause);
  }

  static CheckpointCorruptException missing(String where, Exception cause) {
    return new CheckpointCorruptException(
        "%s is listed but missing".formatted(where), REMEDY, cause);
  }

  /** Checks that this is the very file that was listed. */
  OpenedRangeFile requireIs(RangeFileRef listed) {
    if (!saved.ref().isSameFile(listed)) {
      throw new CheckpointCorruptException(
          "%s is another file than the listed one: it is %s, listed is %s; %s"
              .formatted(where, saved.ref(), listed, REMEDY));
    }
    return this;
  }

  /** The state, verified. */
  RangeState state() throws IOException {
    try {
      Map<String, Tensor> tensors = Safetensors.readData(data, layout);
      return RangeMetadata.state(saved.header(), tensors);
    } catch (SafetensorsException e) {
      throw damaged(where, e);
    }
  }
}
