package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.notebooks.NoteExpectations.shown;
import static org.velella.notebooks.NoteExpectations.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;
import org.velella.spark.api.SimulationJob;
import org.velella.spark.api.SimulationResult;

/** Every paragraph of every note runs, and shows what is right. */
class NotesIT {
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

  private static List<Outcome> run(String file, Map<String, String> forms) throws IOException {
    Note note = Note.read(NoteFiles.FOLDER.resolve(file + ".zpln"));
    Map<String, String> given = new HashMap<>(forms);
    given.put("folder", folder.resolve("notes").toString());
    List<Outcome> outcomes = runner.run(note, given);
    NoteFiles.requireGood(note, outcomes);
    return outcomes;
  }

  private static Dataset<Row> view(String name) {
    return runner.session().table(name);
  }

  private static List<Outcome> runAsItIs(String file) throws IOException {
    List<Outcome> outcomes = run(file, Map.of());
    NoteExpectations.require(file, outcomes);
    return outcomes;
  }

  /** Those with Python cells are run by the judge, which must expect the cells that they have. */
  @Test
  void everyNoteIsRun() throws IOException {
    List<String> here = new ArrayList<>();
    for (Path file : NoteFiles.all()) {
      String name = file.getFileName().toString().replace(".zpln", "");
      List<String> interpreters =
          Note.read(file).paragraphs().stream().map(Paragraph::interpreter).toList();
      if (PythonNotes.names().contains(name)) {
        assertThat(interpreters).as(name).isEqualTo(PythonNotes.interpreters(name));
        assertThat(interpreters).as(name).contains("spark.pyspark");
      } else {
        assertThat(interpreters).as(name).isSubsetOf("md", "spark", "spark.sql");
        here.add(name);
      }
    }
    assertThat(here)
        .containsExactly(
            "1-first-simulation",
            "2-sweep",
            "3-resume-and-branch",
            "4-trained-network",
            "5-own-neuron",
            "6-gpu-and-cluster");
    assertThat(NoteFiles.all()).hasSize(here.size() + PythonNotes.names().size());
  }

  @Test
  void aFirstSimulation() throws IOException {
    runAsItIs("1-first-simulation");
    // What Scala cells made is what a program makes, on any backend.
    Path notes = folder.resolve("notes");
    SimulationResult program =
        SimulationJob.on(runner.session())
            .network(notes.resolve("orientations.nir").toString())
            .input(notes.resolve("events.npy").toString())
            .steps(200)
            .record("spikes")
            .backend("scalar")
            .output(folder.resolve("program").toString())
            .run();
    for (String table : List.of("results", "spikes")) {
      Dataset<Row> expected = program.tables().table(table);
      assertThat(view(table).count()).isEqualTo(expected.count()).isPositive();
      assertThat(view(table).exceptAll(expected).count()).as(table).isZero();
    }
  }

  @Test
  void formsChangeWhatIsComputedAndShown() throws IOException {
    List<Outcome> outcomes =
        run("1-first-simulation", Map.of("steps", "60", "5/sample", "3", "8/rows", "4"));
    assertThat(shown(outcomes, Kind.TEXT).toString()).contains("16 samples, 60 steps");
    assertThat(tables(outcomes).get(0)).hasSize(5);
    // The last table is that of the same run, in the same folder.
    assertThat(tables(outcomes).get(2))
        .filteredOn(row -> row.get(0).equals("lif1"))
        .singleElement()
        .satisfies(row -> assertThat(Integer.parseInt(row.get(3))).isLessThan(60));
    String raster = shown(outcomes, Kind.HTML).get(0);
    assertThat(raster).contains("Spikes of sample 3");
    long spikes = view("spikes").where("sample_id = 3").count();
    assertThat(Pattern.compile("h2(?=[M\"])").matcher(raster).results().count()).isEqualTo(spikes);
    assertThat(spikes).isPositive();
  }

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

  @Test
  void gpusAndClusters() throws IOException {
    runAsItIs("6-gpu-and-cluster");
  }
}
