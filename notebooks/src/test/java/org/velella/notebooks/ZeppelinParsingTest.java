package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zeppelin.display.Input;
import org.apache.zeppelin.interpreter.InterpreterOutput;
import org.apache.zeppelin.interpreter.InterpreterResultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.Note.Paragraph;

/** What the runner makes of output and of forms is what Zeppelin's own classes make of them. */
class ZeppelinParsingTest {
  private static List<Message> byZeppelin(String output) throws IOException {
    List<Message> messages = new ArrayList<>();
    try (InterpreterOutput out = new InterpreterOutput()) {
      out.write(output);
      out.flush();
      for (InterpreterResultMessage message : out.toInterpreterResultMessage()) {
        if (!message.getData().isBlank()) {
          messages.add(new Message(Kind.valueOf(message.getType().name()), message.getData()));
        }
      }
    }
    return messages;
  }

  private static List<Message> stripped(List<Message> messages) {
    return messages.stream()
        .map(message -> new Message(message.kind(), message.text().stripTrailing()))
        .toList();
  }

  /** All of up to four pieces, one after the other. */
  private static List<String> sequences(String... pieces) {
    List<String> all = new ArrayList<>(List.of(""));
    int from = 0;
    for (int length = 1; length <= 4; length++) {
      int to = all.size();
      for (String before : all.subList(from, to).toArray(String[]::new)) {
        Arrays.stream(pieces).forEach(piece -> all.add(before + piece));
      }
      from = to;
    }
    return all;
  }

  @Test
  void outputIsCutIntoPiecesAsInZeppelin() throws IOException {
    List<String> outputs =
        sequences("a", "\n", "\t", "%table ", "%html ", "%html\n", "%text ", "5 % ");
    assertThat(outputs).hasSizeGreaterThan(4000);
    for (String output : outputs) {
      assertThat(stripped(Message.split(output)))
          .as("'%s'", output)
          .isEqualTo(stripped(byZeppelin(output)));
    }
  }

  @Test
  void outputIsCutOffWhereItIsInZeppelin() {
    assertThat(InterpreterOutput.LIMIT).isEqualTo(OutputRules.MOST_BYTES);
  }

  private static String byZeppelin(String text, Map<String, Object> note, Map<String, Object> own) {
    return Input.getSimpleQuery(own, Input.getSimpleQuery(note, text, true), false);
  }

  /** Names of the forms of a paragraph, with its number before those that are its own. */
  private static Set<String> formsByZeppelin(String text) {
    Set<String> names = new TreeSet<>(Input.extractSimpleQueryForm(text, true).keySet());
    Input.extractSimpleQueryForm(text, false).keySet().forEach(name -> names.add("1/" + name));
    return names;
  }

  private static void assertSame(String text) {
    Forms forms = new Forms(Map.of());
    assertThat(forms.expand(text))
        .as(text)
        .isEqualTo(byZeppelin(text, new HashMap<>(), new HashMap<>()));
    assertThat(forms.names()).as(text).isEqualTo(formsByZeppelin(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a ${n} b",
        "${n=3}",
        "${n=}",
        "${n(What it is)=3}",
        "$${n=3} ${n=4}",
        "${n=2,1|2|3}",
        "${n=2,1(one)|2(two)|3(three)}",
        "${checkbox:n=1|3,1|2|3}",
        "${checkbox( or ):n=1|3,1(one)|2|3}",
        "`$${folder=a-b}/x-$${steps=200}`.t WHERE x > ${current above=1.95}",
        "$x {y} ${z=a b}"
      })
  void formsInTextAreThoseOfZeppelin(String text) {
    assertSame(text);
  }

  static Iterable<Path> notes() {
    return NoteFiles.all();
  }

  @ParameterizedTest
  @MethodSource("notes")
  void formsOfTheNotesAreThoseOfZeppelin(Path file) throws IOException {
    for (Paragraph paragraph : Note.read(file).paragraphs()) {
      if (Set.of("md", "spark.sql").contains(paragraph.interpreter())) {
        assertSame(paragraph.code());
      }
    }
  }

  @Test
  void whatIsPutIntoFormsStandsInTheirPlace() {
    Map<String, String> given = Map.of("folder", "f", "1/rows", "7", "1/boxes", "x,z");
    Map<String, Object> own = new HashMap<>(Map.of("rows", "7", "boxes", List.of("x", "z")));
    String text = "$${folder=g} ${rows=2} ${checkbox:boxes=y,x|y|z}";
    assertThat(new Forms(given).expand(text))
        .isEqualTo(byZeppelin(text, new HashMap<>(Map.of("folder", "f")), own))
        .isEqualTo("f 7 x,z");
  }
}
