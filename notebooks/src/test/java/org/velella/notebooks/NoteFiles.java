package org.velella.notebooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.velella.notebooks.NoteRunner.Outcome;

/** The notes that are shipped, and what must hold when any of them has run. */
final class NoteFiles {
  static final Path FOLDER = Path.of("src", "main", "zeppelin");

  private NoteFiles() {}

  /** Files of all notes, by name. */
  static List<Path> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".zpln")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Looks at everything that a note has shown.
   *
   * @throws AssertionError if a paragraph failed, was not run, or shows what it must not; it names
   *     note, paragraph and error
   */
  static void requireGood(Note note, List<Outcome> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      String place =
          "%s, paragraph %d (%%%s)"
              .formatted(note.name(), i + 1, outcome.paragraph().interpreter());
      if (!outcome.finished()) {
        throw new AssertionError(
            "%s failed:\n%s\nIts code:\n%s"
                .formatted(place, outcome.output(), outcome.paragraph().code()));
      }
      List<String> problems = OutputRules.problems(outcome.messages());
      if (!problems.isEmpty()) {
        throw new AssertionError(
            "%s shows what it must not:\n%s".formatted(place, String.join("\n", problems)));
      }
    }
    if (outcomes.size() != note.paragraphs().size()) {
      throw new AssertionError(
          "%s: %d of %d paragraphs have run"
              .formatted(note.name(), outcomes.size(), note.paragraphs().size()));
    }
  }
}
