package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;

class PythonNotesTest {
  private static final String FILE = "7-python";

  /** What the cells show, as far as it is looked at. */
  private static List<Outcome> shown() throws IOException {
    String[] outputs = {
      "",
      "network orientations.nir, input events.npy\n",
      "16 samples, 200 steps\n",
      "",
      table("sample_id\tprediction\trate_hz", 16, "%1$d\t%2$d\t1.5"),
      table("neuron\tspikes\tsamples", 4, "%1$d\t7\t16"),
      table("sample_id\tstep\tshape\thighest", 16, "%1$d\t200\t[4]\t0.5"),
      "",
      table("node\tspikes", 2, "lif%3$d\t9"),
      table("node\tspikes", 2, "lif%3$d\t9"),
      "%html <svg><title>Spikes of sample 0</title></svg>\n",
      "",
      table("sample_id\tlabel\tprediction", 4, "%1$d\t%1$d\t%1$d"),
      ""
    };
    List<Outcome> outcomes = new ArrayList<>();
    for (Paragraph cell : Note.read(NoteFiles.FOLDER.resolve(FILE + ".zpln")).paragraphs()) {
      outcomes.add(new Outcome(cell, true, outputs[outcomes.size()]));
    }
    return outcomes;
  }

  private static String table(String columns, int rows, String row) {
    StringBuilder text = new StringBuilder("%table " + columns + "\n");
    IntStream.range(0, rows).forEach(i -> text.append(row.formatted(i, i % 4, i + 1)).append('\n'));
    return text.toString();
  }

  @Test
  void whatIsRightPasses() throws IOException {
    NoteExpectations.require(FILE, shown());
  }

  private static void assertRefused(int paragraph, String from, String to, String message)
      throws IOException {
    List<Outcome> outcomes = shown();
    Outcome before = outcomes.get(paragraph - 1);
    String changed = before.output().replace(from, to);
    outcomes.set(paragraph - 1, new Outcome(before.paragraph(), true, changed));
    assertThatThrownBy(() -> NoteExpectations.require(FILE, outcomes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    assertRefused(3, "16 samples", "15 samples", "16 samples, 200 steps");
    assertRefused(3, "16 samples", "%html 16 samples", "paragraph 3");
    assertRefused(5, "3\t3\t1.5", "3\t2\t1.5", "7-python, paragraph 5: prediction");
    assertRefused(5, "prediction", "guess", "paragraph 5: prediction");
    assertRefused(5, "15\t3\t1.5\n", "", "paragraph 5");
    assertRefused(10, "\t9", "\t8", "paragraph 10");
    assertRefused(11, "sample 0", "sample 1", "Spikes of sample 0");
    assertThatThrownBy(() -> NoteExpectations.require(FILE, shown().subList(0, 13)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(FILE);
  }
}
