package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;

class NoteRunnerTest {
  @TempDir static Path folder;
  private static NoteRunner runner;

  @BeforeAll
  static void start() throws IOException {
    runner = new NoteRunner(folder);
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  private static Outcome run(String text) {
    return runner.run(Paragraph.parse(text));
  }

  @Test
  void noteRunsThroughExecutorsAndSql() throws IOException {
    Note note = Note.read(Path.of("src", "test", "zeppelin", "shell.zpln"));
    List<Outcome> outcomes = runner.run(note);
    assertThat(outcomes).hasSize(5).allMatch(Outcome::finished, "finished");
    assertThat(outcomes.get(2).output()).contains("sums=(a,40),(b,20)");
    assertThat(outcomes.get(4).output()).isEqualTo("%table key\ttotal\na\t4\nb\t2\n");
  }

  @Test
  void codeThatDoesNotCompileFails() {
    Outcome outcome = run("%spark\nval x: Int = \"no\"");
    assertThat(outcome.finished()).isFalse();
    assertThat(outcome.output()).contains("type mismatch");
  }

  @Test
  void codeThatThrowsFails() {
    Outcome outcome = run("%spark\nval y = 1\nsys.error(\"planted\")");
    assertThat(outcome.finished()).isFalse();
    assertThat(outcome.output()).contains("planted");
  }

  @Test
  void codeThatStopsHalfwayFails() {
    Outcome outcome = run("%spark\nval z = Seq(1,");
    assertThat(outcome.finished()).isFalse();
    assertThat(outcome.output()).contains("ends in the middle of");
  }

  @Test
  void sqlOverAnUnknownTableFails() {
    Outcome outcome = run("%spark.sql\nSELECT * FROM nowhere");
    assertThat(outcome.finished()).isFalse();
    assertThat(outcome.output()).contains("nowhere");
  }

  @Test
  void unknownInterpreterFails() {
    assertThat(run("%flink\n1").output()).isEqualTo("No interpreter %flink");
    assertThat(run("%flink\n1").finished()).isFalse();
  }

  @Test
  void runStopsAtTheFirstFailure() {
    Note note =
        new Note(
            "stops",
            List.of(
                Paragraph.parse("%md\nA"),
                Paragraph.parse("%nothing\nB"),
                Paragraph.parse("%md\nC")));
    assertThat(runner.run(note)).extracting(Outcome::finished).containsExactly(true, false);
  }

  @Test
  void formsBelongToTheirParagraphUnlessTheyAreTheNotes() {
    String text = "%md\n${size=3} $${room=a}";
    Note note = new Note("forms", List.of(Paragraph.parse(text), Paragraph.parse(text)));
    assertThat(runner.run(note, Map.of("1/size", "7", "room", "b")))
        .extracting(Outcome::output)
        .containsExactly("7 b", "3 b");
    Note scala =
        new Note(
            "forms",
            List.of(
                Paragraph.parse("%spark\nprint(z.textbox(\"a\", \"1\"))"),
                Paragraph.parse("%spark\nprint(z.textbox(\"a\", \"1\"))"),
                Paragraph.parse("%spark\nprint(z.noteTextbox(\"a\", \"1\"))")));
    assertThat(runner.run(scala, Map.of("2/a", "2", "a", "3")))
        .extracting(Outcome::output)
        .containsExactly("1", "2", "3");
  }

  @Test
  void cellWithoutAnInterpreterIsSpark() {
    assertThat(Paragraph.parse("  1 + 1 ")).isEqualTo(new Paragraph("spark", "1 + 1"));
    assertThat(Paragraph.parse("%md")).isEqualTo(new Paragraph("md", ""));
  }

  @Test
  void aBrokenParagraphIsNamed() {
    Note note =
        new Note(
            "Broken",
            List.of(Paragraph.parse("%md\nA"), Paragraph.parse("%spark\nval x: Int = \"no\"")));
    List<Outcome> outcomes = runner.run(note);
    assertThatThrownBy(() -> NoteFiles.requireGood(note, outcomes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Broken, paragraph 2 (%spark) failed")
        .hasMessageContaining("type mismatch")
        .hasMessageContaining("val x: Int");
  }

  @Test
  void aFormThatANoteDoesNotHaveIsRefused() {
    Note note = new Note("Forms", List.of(Paragraph.parse("%md\n${size=3} $${room=4}")));
    assertThatThrownBy(() -> runner.run(note, Map.of("sise", "4")))
        .hasMessageContaining("[sise]")
        .hasMessageContaining("[1/size, room]");
  }

  @Test
  void notesDoNotSeeEachOthersValues() {
    Note first = new Note("First", List.of(Paragraph.parse("%spark\nval mine = 1")));
    Note second = new Note("Second", List.of(Paragraph.parse("%spark\nprintln(mine)")));
    assertThat(runner.run(first).get(0).finished()).isTrue();
    assertThat(runner.run(second).get(0).finished()).isFalse();
  }
}
