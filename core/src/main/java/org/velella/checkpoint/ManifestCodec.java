package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Checksums;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/** Manifests as bytes: one line of canonical JSON, and one with the CRC32C of the first. */
final class ManifestCodec {
  private static final String CRC_PREFIX = "crc32c:";
  private static final int CRC_LINE_BYTES = CRC_PREFIX.length() + Checksums.DIGITS + 1;
  private static final String RANGES = "ranges";
  private static final String PARTS = "parts";

  /** Bytes of a recording but for its names, if its numbers have one digit each. */
  private static final int LEAST_RECORDING_BYTES =
      "{'file':'','from_step':0,'kind':'','rows':0,'to_step':1}".length();

  private ManifestCodec() {}

  /** Reads the ranges of a part that a manifest lists. */
  @FunctionalInterface
  interface PartReader {
    List<RangeEntry> read(ManifestPart part) throws IOException;
  }

  /** A manifest whose ranges are all in it. */
  static byte[] encode(Manifest manifest) {
    int minor = manifest.selection().isAll() ? 0 : FormatVersion.MANIFEST_SELECTION;
    minor = anyChecked(manifest.ranges()) ? FormatVersion.MANIFEST_RECORDINGS : minor;
    minor = anyOnDevices(manifest.ranges()) ? FormatVersion.MANIFEST_DEVICES : minor;
    ObjectNode json = toJson(manifest, minor);
    json.set(RANGES, toJson(manifest.ranges()));
    return sealed(json);
  }

  /** A manifest whose ranges are in parts. */
  static byte[] encode(Manifest manifest, List<ManifestPart> parts) {
    ObjectNode json = toJson(manifest, FormatVersion.MANIFEST_SELECTION, FormatVersion.TWO_LEVEL);
    ArrayNode array = json.putArray(PARTS);
    parts.forEach(part -> array.add(part.toJson()));
    return sealed(json);
  }

  static byte[] encodePart(List<RangeEntry> ranges) {
    ObjectNode json = CanonicalJson.object();
    int minor = anyChecked(ranges) ? FormatVersion.PART_RECORDINGS : 0;
    minor = anyOnDevices(ranges) ? FormatVersion.PART_DEVICES : minor;
    json.set("format", FormatVersion.MANIFEST_PART.toJson(minor));
    json.set(RANGES, toJson(ranges));
    return sealed(json);
  }

  /** What the recordings of ranges take in a file at least, without encoding them. */
  static long leastBytes(List<RangeEntry> ranges) {
    long bytes = 0;
    for (RangeEntry entry : ranges) {
      for (Recording recording : entry.recordings()) {
        bytes += LEAST_RECORDING_BYTES + recording.file().length() + recording.kind().length();
      }
    }
    return bytes;
  }

  private static boolean anyChecked(List<RangeEntry> ranges) {
    return ranges.stream().anyMatch(entry -> Recording.anyChecked(entry.recordings()));
  }

  private static boolean anyOnDevices(List<RangeEntry> ranges) {
    return ranges.stream()
        .flatMap(entry -> entry.files().stream())
        .anyMatch(file -> !file.devices().isNone());
  }

  private static ArrayNode toJson(List<RangeEntry> ranges) {
    ArrayNode array = CanonicalJson.object().arrayNode();
    ranges.forEach(entry -> array.add(entry.toJson()));
    return array;
  }

  private static byte[] sealed(ObjectNode value) {
    byte[] json = CanonicalJson.bytes(value);
    byte[] bytes = Arrays.copyOf(json, json.length + 1 + CRC_LINE_BYTES);
    bytes[json.length] = '\n';
    String line = CRC_PREFIX + Checksums.crc32c(bytes, 0, json.length + 1) + "\n";
    System.arraycopy(line.getBytes(US_ASCII), 0, bytes, json.length + 1, CRC_LINE_BYTES);
    return bytes;
  }

  /** Everything but the ranges; the minor version is the lowest that knows all of its keys. */
  private static ObjectNode toJson(Manifest manifest, int minor, String... required) {
    ObjectNode json = CanonicalJson.object();
    json.set("format", FormatVersion.MANIFEST.toJson(minor, required));
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
    if (!manifest.selection().isAll()) {
      json.set("selection", manifest.selection().toJson());
    }
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

  private static JsonFields verified(byte[] bytes) {
    String stated = statedCrc(bytes);
    int end = bytes.length - CRC_LINE_BYTES;
    String computed = Checksums.crc32c(bytes, 0, end);
    if (!stated.equals(computed)) {
      throw new JsonException("it has CRC32C %s instead of %s".formatted(computed, stated));
    }
    return new JsonFields(CanonicalJson.parse(Arrays.copyOf(bytes, end), "its JSON"), "its JSON");
  }

  /**
   * The ranges of a part.
   *
   * @param where the file as users name it
   * @throws IllegalArgumentException if it is damaged or not the listed one
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  static List<RangeEntry> decodePart(byte[] bytes, ManifestPart part, String where) {
    JsonFields json = verified(bytes);
    if (bytes.length != part.bytes() || !statedCrc(bytes).equals(part.crc32c())) {
      throw new JsonException(
          "it has %d bytes and CRC32C %s, listed are %d and %s"
              .formatted(bytes.length, statedCrc(bytes), part.bytes(), part.crc32c()));
    }
    FormatVersion.MANIFEST_PART.requireReadable(json.object("format"), where);
    return part.requireHolds(ranges(json));
  }

  private static List<RangeEntry> ranges(JsonFields json) {
    return json.objects(RANGES).stream().map(RangeEntry::fromJson).toList();
  }

  /** The parts that a manifest lists. */
  private static List<ManifestPart> parts(JsonFields json) {
    return json.objects(PARTS).stream().map(ManifestPart::fromJson).toList();
  }

  /**
   * The manifest of a file.
   *
   * @param version what its name tells
   * @param where the file as users name it
   * @param reader of the parts of a manifest that has them, asked for all in their order
   * @throws IllegalArgumentException if it is damaged
   * @throws CheckpointTooNewException if it needs a newer reader
   * @throws IOException if a part cannot be read
   */
  static Manifest decode(byte[] bytes, long version, String where, PartReader reader)
      throws IOException {
    JsonFields json = verified(bytes);
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
        Selection.fromJson(json),
        json.has(PARTS) ? rangesOfParts(parts(json), reader) : ranges(json));
  }

  private static List<RangeEntry> rangesOfParts(List<ManifestPart> parts, PartReader reader)
      throws IOException {
    List<RangeEntry> ranges = new ArrayList<>();
    for (ManifestPart part : parts) {
      ranges.addAll(reader.read(part));
    }
    return ranges;
  }

  private static Manifest.Parent parent(JsonFields json) {
    if (!json.has("parent")) {
      return Manifest.Parent.NONE;
    }
    JsonFields parent = json.object("parent");
    return new Manifest.Parent(parent.number("version"), parent.text("crc32c"));
  }
}
