package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;
import org.velella.provenance.Checksums;
import org.velella.provenance.JsonFields;

/**
 * A range file and what it must be, so that another file under its name is noticed.
 *
 * @param file its name in {@link RangeFileName#DIRECTORY}
 * @param step steps done
 * @param bytes its length
 * @param crc32c the checksum of its header, which holds those of its data
 * @param shared SHA-256 of its shared memories in hexadecimal; empty if there are none
 * @param devices what the steps up to this one have used of devices
 */
public record RangeFileRef(
    String file, long step, long bytes, String crc32c, String shared, DeviceCounts devices) {
  private static final Pattern SHARED = Pattern.compile("(?:[0-9a-f]{64})?");

  /**
   * @throws IllegalArgumentException if a component has another form, or the name tells another
   *     step
   */
  public RangeFileRef {
    Checksums.requireHex(crc32c);
    if (RangeFileName.require(file).step() != step || bytes <= 0) {
      throw new IllegalArgumentException(
          "File '%s' cannot be of step %d with %d bytes".formatted(file, step, bytes));
    }
    if (!SHARED.matcher(shared).matches()) {
      throw new IllegalArgumentException("'" + shared + "' is not a SHA-256 in hexadecimal");
    }
  }

  /** A file whose steps no device has computed. */
  public RangeFileRef(String file, long step, long bytes, String crc32c, String shared) {
    this(file, step, bytes, crc32c, shared, DeviceCounts.NONE);
  }

  /** Whether both are of the same file; an older writer's list may not tell what devices did. */
  boolean isSameFile(RangeFileRef other) {
    return file.equals(other.file)
        && step == other.step
        && bytes == other.bytes
        && crc32c.equals(other.crc32c)
        && shared.equals(other.shared);
  }

  void writeTo(ObjectNode json) {
    json.put("file", file).put("step", step).put("bytes", bytes).put("crc32c", crc32c);
    json.put("shared_sha256", shared.isEmpty() ? null : shared);
    devices.writeTo(json);
  }

  static RangeFileRef fromJson(JsonFields json) {
    return new RangeFileRef(
        json.text("file"),
        json.number("step"),
        json.number("bytes"),
        json.text("crc32c"),
        json.has("shared_sha256") ? json.text("shared_sha256") : "",
        DeviceCounts.readFrom(json));
  }
}
