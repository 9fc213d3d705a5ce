package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.NoteRunner.Outcome;

/**
 * What notes with Python cells must show. Here nothing runs Python; the build's judge runs these
 * notes whole, on a stock PySpark, and reads the same list.
 */
final class PythonNotes {
  private static final JsonNode NOTES = read();

  private PythonNotes() {}

  private static JsonNode read() {
    try (InputStream list = PythonNotes.class.getResourceAsStream("/python-notes.json")) {
      return new ObjectMapper().readTree(list);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of their files, without ending. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    NOTES.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The interpreters of a note's cells, in order, that the judge expects and runs. */
  static List<String> interpreters(String file) {
    List<String> interpreters = new ArrayList<>();
    NOTES.required(file).forEach(cell -> interpreters.add(cell.required("interpreter").asText()));
    return interpreters;
  }

  /** Looks at what a note's cells have shown, by whatever it was run. */
  static void require(String file, List<Outcome> outcomes) {
    JsonNode cells = NOTES.required(file);
    assertThat(outcomes).as(file).hasSize(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      JsonNode cell = cells.get(i);
      List<Message> messages = outcomes.get(i).messages();
      String place = "%s, paragraph %d".formatted(file, i + 1);
      if (cell.has("text")) {
        assertThat(only(messages, Kind.TEXT, place)).contains(cell.get("text").asText());
      } else if (cell.has("html")) {
        assertThat(only(messages, Kind.HTML, place)).contains(cell.get("html").asText());
      } else if (cell.has("table")) {
        only(messages, Kind.TABLE, place);
        table(cell.get("table"), messages.get(0).rows(), place);
      }
      if (cell.has("same_as")) {
        assertThat(messages)
            .as(place)
            .isEqualTo(outcomes.get(cell.get("same_as").asInt() - 1).messages());
      }
    }
  }

  private static String only(List<Message> messages, Kind kind, String place) {
    assertThat(messages).as(place).extracting(Message::kind).containsExactly(kind);
    return messages.get(0).text();
  }

  private static void table(JsonNode expected, List<List<String>> rows, String place) {
    assertThat(rows).as(place).hasSize(1 + expected.required("rows").asInt());
    expected
        .required("columns")
        .properties()
        .forEach(
            column -> {
              int at = rows.get(0).indexOf(column.getKey());
              assertThat(at).as("%s: %s", place, column.getKey()).isNotNegative();
              List<String> values = new ArrayList<>();
              column.getValue().forEach(value -> values.add(value.asText()));
              assertThat(rows.stream().skip(1).map(row -> row.get(at)).toList())
                  .as("%s: %s", place, column.getKey())
                  .isEqualTo(values);
            });
  }
}
