package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonFields;

/**
 * A file of recorded rows that an attempt wrote before the checkpoint that lists it.
 *
 * @param kind such as {@code spikes}: lower-case letters, digits, {@code _ -}
 * @param file path inside the run's directory
 * @param fromStep rows are of steps beyond this one
 * @param toStep and up to this one
 * @param rows how many
 */
public record Recording(String kind, String file, long fromStep, long toStep, long rows) {
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /**
   * @throws IllegalArgumentException if the kind or the path has another form, the steps are not an
   *     interval, or the number of rows is negative
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
              json.number("rows")));
    }
    return recordings;
  }
}
