package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Notes are committed without what Zeppelin adds when it runs them. After work on them in Zeppelin,
 * {@code -Dnotes.strip=true} takes that away.
 */
class NoteFilesTest {
  private static final Set<String> OF_A_NOTE =
      Set.of("paragraphs", "name", "id", "noteParams", "noteForms", "config", "info");
  private static final Set<String> OF_A_PARAGRAPH =
      Set.of("id", "title", "text", "config", "settings");
  private static final Set<String> OF_SETTINGS = Set.of("params", "forms");

  private static final ObjectMapper JSON = new ObjectMapper();

  static Iterable<Path> notes() {
    return NoteFiles.all();
  }

  private static ObjectNode read(Path file) throws IOException {
    ObjectNode note = (ObjectNode) JSON.readTree(file.toFile());
    if (Boolean.getBoolean("notes.strip")) {
      strip(note);
      Files.writeString(file, note.toPrettyString() + "\n");
    }
    return note;
  }

  private static void strip(ObjectNode note) {
    note.retain(OF_A_NOTE);
    ((ObjectNode) note.required("info")).removeAll();
    for (JsonNode each : note.required("paragraphs")) {
      ObjectNode paragraph = (ObjectNode) each;
      paragraph.retain(OF_A_PARAGRAPH);
      ObjectNode settings = paragraph.putObject("settings");
      settings.putObject("params");
      settings.putObject("forms");
    }
    ArrayNode paragraphs = (ArrayNode) note.required("paragraphs");
    int last = paragraphs.size() - 1;
    // Zeppelin keeps an empty paragraph at the end to type into.
    if (paragraphs.get(last).path("text").asText().isBlank()) {
      paragraphs.remove(last);
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void resultsAreStripped(Path file) throws IOException {
    ObjectNode note = read(file);
    assertThat(note.fieldNames()).toIterable().isSubsetOf(OF_A_NOTE);
    assertThat(note.required("info")).isEmpty();
    for (JsonNode paragraph : note.required("paragraphs")) {
      assertThat(paragraph.fieldNames()).toIterable().isSubsetOf(OF_A_PARAGRAPH);
      JsonNode settings = paragraph.required("settings");
      assertThat(settings.fieldNames()).toIterable().isSubsetOf(OF_SETTINGS);
      assertThat(settings).allMatch(JsonNode::isEmpty);
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void cellsAreExplained(Path file) throws IOException {
    ObjectNode note = read(file);
    Set<String> ids = new HashSet<>();
    JsonNode paragraphs = note.required("paragraphs");
    assertThat(paragraphs.get(0).required("text").asText()).startsWith("%md\n# ");
    for (JsonNode paragraph : paragraphs) {
      String text = paragraph.required("text").asText();
      assertThat(ids.add(paragraph.required("id").asText())).isTrue();
      if (!text.startsWith("%md")) {
        assertThat(paragraph.path("title").asText()).as(text).isNotBlank();
      }
      // What would be right on one machine only.
      assertThat(text).doesNotContain("/home/", "/tmp/", "/Users/", "file:", "localhost", "C:\\");
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void thereIsSomethingToTurn(Path file) throws IOException {
    String text = Files.readString(file);
    int forms = text.split("z\\.(textbox|noteTextbox|select|checkbox|input)\\(", -1).length - 1;
    assertThat(forms).isGreaterThanOrEqualTo(2);
  }
}
