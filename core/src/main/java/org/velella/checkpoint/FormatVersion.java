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
 * @param required features that a reader must know to read the file rightly
 */
record FormatVersion(String name, int major, int minor, List<String> required) {
  static final FormatVersion RANGE =
      new FormatVersion("velella-range", 1, 0, List.of("block-crc32c"));
  static final FormatVersion MANIFEST = new FormatVersion("velella-manifest", 1, 0, List.of());

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object().put("name", name);
    json.put("major", major).put("minor", minor);
    ArrayNode array = json.putArray("required");
    required.forEach(array::add);
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
      if (!required.contains(feature)) {
        throw new CheckpointTooNewException(
            "%s requires the feature '%s', this Velella knows %s; use a newer Velella"
                .formatted(file, feature, required));
      }
    }
  }
}
