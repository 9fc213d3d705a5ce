package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.notebooks.NoteExpectations.tables;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;

/** As {@link NotesIT}, of the notes that show more than a first simulation, beside it. */
class FurtherNotesIT extends RunNotes {
  @Test
  void aSweep() throws IOException {
    runAsItIs("2-sweep");
    List<Row> trials = view("results").collectAsList();
    assertThat(trials).hasSize(4 * 41);
    for (Row trial : trials) {
      float rate = (float) (1e-4 / trial.<Number>getAs("lif.tau").doubleValue());
      float current = trial.<Number>getAs("input.current").floatValue();
      float v = 0;
      int spikes = 0;
      for (int step = 0; step < 5000; step++) {
        v = v + rate * (0 - v + current);
        if (v > 1) {
          spikes++;
          v = 0;
        }
      }
      assertThat(trial.<Integer>getList(trial.fieldIndex("spike_counts"))).containsExactly(spikes);
    }
  }

  @Test
  void resumingAndBranching() throws IOException {
    runAsItIs("3-resume-and-branch");
    assertThat(view("whole").count()).isEqualTo(16);
    assertThat(view("whole").exceptAll(view("resumed")).count()).isZero();
  }

  @Test
  void aTrainedNetwork() throws IOException {
    List<Outcome> outcomes = runAsItIs("4-trained-network");
    // Sample s shows direction s mod 4.
    long correct = view("results").where("prediction = sample_id % 4").count();
    assertThat(tables(outcomes).get(0).get(1).get(0)).isEqualTo(Long.toString(correct));
  }

  @Test
  void anOwnNeuron() throws IOException {
    runAsItIs("5-own-neuron");
    List<Integer> expected = new ArrayList<>();
    float v = 0;
    float a = 0;
    for (int step = 0; step < 500; step++) {
      float x = step >= 50 && step < 450 ? 3 : 0;
      float h = v + (x - v) / 20;
      boolean fires = h >= 1 + a;
      v = fires ? 0 : h;
      a = a - a / 100 + 0.3f * (fires ? 1 : 0);
      if (fires) {
        expected.add(step);
      }
    }
    assertThat(view("spikes").sort("step").collectAsList())
        .extracting(row -> row.<Integer>getAs("step"))
        .isEqualTo(expected)
        .hasSizeGreaterThan(10);
  }

  @Test
  void otherEquationsAreAnotherRun() throws IOException {
    String file = "5-own-neuron";
    Note note = Note.read(NoteFiles.FOLDER.resolve(file + ".zpln"));
    // As far as the simulation, with a threshold that never rises.
    List<Paragraph> edited =
        note.paragraphs().subList(0, 4).stream()
            .map(cell -> new Paragraph(cell.interpreter(), cell.code().replace("+ jump * s", "")))
            .toList();
    Map<String, String> given = Map.of("folder", folder.resolve("edited").toString());
    for (List<Paragraph> cells : List.of(note.paragraphs().subList(0, 4), edited)) {
      Note some = new Note(note.name(), cells);
      NoteFiles.requireGood(some, runner.run(some, given));
    }
    int spikes = 0;
    float v = 0;
    for (int step = 0; step < 500; step++) {
      float x = step >= 50 && step < 450 ? 3 : 0;
      float h = v + (x - v) / 20;
      spikes += h >= 1 ? 1 : 0;
      v = h >= 1 ? 0 : h;
    }
    assertThat(view("spikes").count()).isEqualTo(spikes);
  }
}
