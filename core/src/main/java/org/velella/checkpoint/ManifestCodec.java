package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/** Manifests as bytes: one line of canonical JSON, and one with the CRC32C of the first. */
final class ManifestCodec {
  private static final String CRC_PREFIX = "crc32c:";
  private static final int CRC_LINE_BYTES = CRC_PREFIX.length() + Checksums.DIGITS + 1;

  private ManifestCodec() {}

  static byte[] encode(Manifest manifest) {
    byte[] json = CanonicalJson.bytes(toJson(manifest));
    byte[] bytes = Arrays.copyOf(json, json.length + 1 + CRC_LINE_BYTES);
    bytes[json.length] = '\n';
    String line = CRC_PREFIX + Checksums.crc32c(bytes, 0, json.length + 1) + "\n";
    System.arraycopy(line.getBytes(US_ASCII), 0, bytes, json.length + 1, CRC_LINE_BYTES);
    return bytes;
  }

  private static ObjectNode toJson(Manifest manifest) {
    ObjectNode json = CanonicalJson.object();
    json.set("format", FormatVersion.MANIFEST.toJson());
    json.put("version", manifest.version());
    if (manifest.parent().version() == 0) {
      json.putNull("parent");
    } else {
      json.putObject("parent")
          .put("version", manifest.parent().version())
          .put("crc32c", manifest.parent().crc32c());
    }
    json.set("run", manifest.run().toJson());
    json.put("samples", manifest.samples()).put("target_steps", manifest.targetSteps());
    json.put("range_size", manifest.rangeSize());
    json.set("writer", CanonicalJson.object(manifest.writer()));
    ArrayNode ranges = json.putArray("ranges");
    manifest.ranges().forEach(entry -> ranges.add(entry.toJson()));
    return json;
  }

  /** The checksum that a manifest's bytes state, unverified. */
  static String statedCrc(byte[] bytes) {
    int line = bytes.length - CRC_LINE_BYTES;
    String text = line < 1 ? "" : new String(bytes, line, CRC_LINE_BYTES, US_ASCII);
    if (line < 1
        || bytes[line - 1] != '\n'
        || !text.startsWith(CRC_PREFIX)
        || !text.endsWith("\n")) {
      throw new JsonException("it does not end with a line 'crc32c:xxxxxxxx'; it may be cut short");
    }
    return Checksums.requireHex(
        text.substring(CRC_PREFIX.length(), CRC_PREFIX.length() + Checksums.DIGITS));
  }

  /**
   * The manifest of a file.
   *
   * @param version what its name tells
   * @param where the file as users name it
   * @throws IllegalArgumentException if it is damaged
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  static Manifest decode(byte[] bytes, long version, String where) {
    String stated = statedCrc(bytes);
    int end = bytes.length - CRC_LINE_BYTES;
    String computed = Checksums.crc32c(bytes, 0, end);
    if (!stated.equals(computed)) {
      throw new JsonException("it has CRC32C %s instead of %s".formatted(computed, stated));
    }
    JsonFields json =
        new JsonFields(CanonicalJson.parse(Arrays.copyOf(bytes, end), "its JSON"), "its JSON");
    FormatVersion.MANIFEST.requireReadable(json.object("format"), where);
    if (json.number("version") != version) {
      throw new JsonException(
          "it is version %d, its name tells %d".formatted(json.number("version"), version));
    }
    return new Manifest(
        version,
        parent(json),
        RunIdentity.fromJson(json.object("run")),
        json.number("samples"),
        json.number("target_steps"),
        Math.toIntExact(json.number("range_size")),
        json.strings("writer"),
        json.objects("ranges").stream().map(RangeEntry::fromJson).toList());
  }

  private static Manifest.Parent parent(JsonFields json) {
    if (!json.has("parent")) {
      return Manifest.Parent.NONE;
    }
    JsonFields parent = json.object("parent");
    return new Manifest.Parent(parent.number("version"), parent.text("crc32c"));
  }
}
