package org.velella.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Zeppelin note.
 *
 * @param name as Zeppelin shows it
 */
record Note(String name, List<Paragraph> paragraphs) {
  private static final String DEFAULT_INTERPRETER = "spark";

  /**
   * One cell.
   *
   * @param interpreter what the cell's first word names, without the percent sign
   * @param code the rest
   */
  record Paragraph(String interpreter, String code) {
    static Paragraph parse(String text) {
      String stripped = text.strip();
      if (!stripped.startsWith("%")) {
        return new Paragraph(DEFAULT_INTERPRETER, stripped);
      }
      int end = 1;
      while (end < stripped.length() && !Character.isWhitespace(stripped.charAt(end))) {
        end++;
      }
      return new Paragraph(stripped.substring(1, end), stripped.substring(end).strip());
    }
  }

  /** The note in a {@code .zpln} file; cells without text are left out, as Zeppelin does. */
  static Note read(Path file) throws IOException {
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    List<Paragraph> paragraphs = new ArrayList<>();
    for (JsonNode paragraph : json.required("paragraphs")) {
      String text = paragraph.path("text").asText("");
      if (!text.isBlank()) {
        paragraphs.add(Paragraph.parse(text));
      }
    }
    return new Note(json.required("name").asText(), List.copyOf(paragraphs));
  }
}
