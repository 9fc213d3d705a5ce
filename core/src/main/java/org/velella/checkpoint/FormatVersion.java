package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/**
 * A format and its version. Readers take every minor version of their major one, ignore fields they
 * do not know, and refuse required features they do not know.
 *
 * @param known features that this reader knows, of those that a file may require
 */
record FormatVersion(String name, int major, List<String> known) {
  static final String BLOCK_CRC32C = "block-crc32c";
  static final String TWO_LEVEL = "two-level";

  /** Minor versions of manifests since which there are selections and parts. */
  static final int MANIFEST_SELECTION = 1;

  /** Minor versions since which recordings tell their length and checksum. */
  static final int MANIFEST_RECORDINGS = 2;

  static final int PART_RECORDINGS = 1;
  static final int RANGE_RECORDINGS = 1;

  /** Minor versions since which files tell what devices have done. */
  static final int MANIFEST_DEVICES = 3;

  static final int PART_DEVICES = 2;
  static final int RANGE_DEVICES = 2;

  static final FormatVersion RANGE = new FormatVersion("velella-range", 1, List.of(BLOCK_CRC32C));
  static final FormatVersion MANIFEST =
      new FormatVersion("velella-manifest", 1, List.of(TWO_LEVEL));
  static final FormatVersion MANIFEST_PART =
      new FormatVersion("velella-manifest-part", 1, List.of());

  /**
   * What a file says.
   *
   * @param minor the lowest minor version that knows all of the file's fields
   * @param required features that a reader must know to read the file rightly
   */
  ObjectNode toJson(int minor, String... required) {
    ObjectNode json = CanonicalJson.object().put("name", name);
    json.put("major", major).put("minor", minor);
    ArrayNode array = json.putArray("required");
    for (String feature : required) {
      array.add(feature);
    }
    return json;
  }

  /**
   * Checks that this reader can read a file.
   *
   * @throws JsonException if the file is of another format
   * @throws CheckpointTooNewException if it is of this format but newer
   */
  void requireReadable(JsonFields json, String file) {
    if (!json.text("name").equals(name)) {
      throw new JsonException(
          "its format is '%s' instead of '%s'".formatted(json.text("name"), name));
    }
    long foundMajor = json.number("major");
    if (foundMajor > major) {
      throw new CheckpointTooNewException(
          "%s has format %s %d.%d, this Velella reads version %d; use a newer Velella"
              .formatted(file, name, foundMajor, json.number("minor"), major));
    }
    if (foundMajor < 1) {
      throw new JsonException("its format version is " + foundMajor);
    }
    for (String feature : json.texts("required")) {
      if (!known.contains(feature)) {
        throw new CheckpointTooNewException(
            "%s requires the feature '%s', this Velella knows %s; use a newer Velella"
                .formatted(file, feature, known));
      }
    }
  }
}
