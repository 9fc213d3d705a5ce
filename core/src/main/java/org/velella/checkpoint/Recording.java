package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Checksums;
import org.velella.provenance.JsonFields;

/**
 * A file of recorded rows that an attempt wrote before the checkpoint that lists it.
 *
 * @param kind such as {@code spikes}: lower-case letters, digits, {@code _ -}
 * @param file path inside the run's directory
 * @param fromStep rows are of steps beyond this one
 * @param toStep and up to this one
 * @param rows how many
 * @param bytes its length; {@link #UNKNOWN} if its writer did not tell, as before minor version 1
 * @param crc32c the checksum of all its bytes; empty if its writer did not tell
 */
public record Recording(
    String kind, String file, long fromStep, long toStep, long rows, long bytes, String crc32c) {
  /** The length of files whose writer told neither length nor checksum. */
  public static final long UNKNOWN = -1;

  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /**
   * @throws IllegalArgumentException if the kind or the path has another form, the steps are not an
   *     interval, the number of rows is negative, or only one of length and checksum is known
   */
  public Recording {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("'" + kind + "' is not a kind of recording");
    }
    // There are few kinds and, in a large run, millions of recordings.
    kind = kind.intern();
    CheckpointStore.requirePath(file);
    if (fromStep < 0 || toStep <= fromStep || rows < 0) {
      throw new IllegalArgumentException(
          "Recording %s claims %d rows of steps %d to %d".formatted(file, rows, fromStep, toStep));
    }
    if (bytes < UNKNOWN || (bytes == UNKNOWN) != crc32c.isEmpty()) {
      throw new IllegalArgumentException(
          "Recording %s claims %d bytes with the checksum '%s'".formatted(file, bytes, crc32c));
    }
    if (!crc32c.isEmpty()) {
      Checksums.requireHex(crc32c);
    }
  }

  /** A recording of unknown length and checksum, which nobody can check. */
  public Recording(String kind, String file, long fromStep, long toStep, long rows) {
    this(kind, file, fromStep, toStep, rows, UNKNOWN, "");
  }

  /** The same recording with the length and the checksum of its file. */
  Recording checked(long length, String checksum) {
    return new Recording(kind, file, fromStep, toStep, rows, length, checksum);
  }

  /** Whether its file can be checked. */
  public boolean isChecked() {
    return bytes != UNKNOWN;
  }

  static boolean anyChecked(List<Recording> recordings) {
    return recordings.stream().anyMatch(Recording::isChecked);
  }

  /** Where the file lies once the run has been published: {@code spikes/NAME}. */
  public String publishedFile() {
    return kind + "/" + file.substring(file.lastIndexOf('/') + 1);
  }

  static ArrayNode toJson(List<Recording> recordings) {
    ArrayNode array = CanonicalJson.object().arrayNode();
    for (Recording recording : recordings) {
      ObjectNode json = array.addObject();
      json.put("kind", recording.kind).put("file", recording.file);
      json.put("from_step", recording.fromStep).put("to_step", recording.toStep);
      json.put("rows", recording.rows);
      if (recording.isChecked()) {
        json.put("bytes", recording.bytes).put("crc32c", recording.crc32c);
      }
    }
    return array;
  }

  static List<Recording> fromJson(List<JsonFields> array) {
    List<Recording> recordings = new ArrayList<>();
    for (JsonFields json : array) {
      recordings.add(
          new Recording(
              json.text("kind"),
              json.text("file"),
              json.number("from_step"),
              json.number("to_step"),
              json.number("rows"),
              json.has("bytes") ? json.number("bytes") : UNKNOWN,
              json.has("crc32c") ? json.text("crc32c") : ""));
    }
    return recordings;
  }
}
