package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.notebooks.NoteExpectations.shown;
import static org.velella.notebooks.NoteExpectations.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;
import org.velella.spark.api.SimulationJob;
import org.velella.spark.api.SimulationResult;

/** Every paragraph of every note runs, and shows what is right. */
class NotesIT extends RunNotes {
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
  void gpusAndClusters() throws IOException {
    runAsItIs("6-gpu-and-cluster");
  }
}
