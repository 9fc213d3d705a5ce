package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.notebooks.Message.Kind;
import org.velella.spark.api.SimulationJob;
import org.velella.spark.api.SimulationResult;
import org.velella.spark.job.NetworkTarget;
import org.velella.spark.plot.Figure;
import org.velella.spark.plot.Plots;

/**
 * Writes the figures of all notes, and those of small and large networks, into light and dark
 * pages, so that people can look at them: {@code notebooks/screenshots} turns them into pictures.
 */
@EnabledIfSystemProperty(named = "notes.pages", matches = ".+")
class FigurePagesIT {
  private static final int STEPS = 400;

  @TempDir static Path folder;
  private static NoteRunner runner;
  private static Path pages;

  @BeforeAll
  static void start() throws IOException {
    runner = new NoteRunner(folder);
    pages = Files.createDirectories(Path.of(System.getProperty("notes.pages")));
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  private static void write(String name, String html) throws IOException {
    for (String theme : List.of("light;#fff;#222", "dark;#1e1e1e;#ddd")) {
      String[] parts = theme.split(";");
      Files.writeString(
          pages.resolve(name + "-" + parts[0] + ".html"),
          "<!DOCTYPE html><meta charset=\"utf-8\"><body style=\"margin:8px;background:%s;color:%s\">%s"
              .formatted(parts[1], parts[2], html));
    }
  }

  @Test
  void figuresOfTheNotes() throws IOException {
    for (Path file : NoteFiles.all()) {
      String name = file.getFileName().toString().replace(".zpln", "");
      if (PythonNotes.names().contains(name)) {
        continue;
      }
      Note note = Note.read(file);
      List<NoteRunner.Outcome> outcomes =
          runner.run(note, Map.of("folder", folder.resolve("notes").toString()));
      NoteFiles.requireGood(note, outcomes);
      int figures = 0;
      for (String html : NoteExpectations.shown(outcomes, Kind.HTML)) {
        figures++;
        write("%s-%d".formatted(name, figures), html);
      }
    }
  }

  /** Each neuron gets a little more current than the one below it. */
  @ParameterizedTest
  @ValueSource(ints = {10, 1_000, 100_000})
  void networksOfAnySize(int neurons) throws IOException {
    String network =
        NetworkTarget.save(
            runner.session(),
            """
            {"format": "velella-network", "version": 1, "nodes": [
              {"path": "input", "op": "input", "shape": [%d]},
              {"path": "lif", "op": "neuron", "model": "nir_lif",
               "parameters": {"dt": 1e-3, "tau": 0.02}},
              {"path": "output", "op": "output"}
            ]}"""
                .formatted(neurons),
            folder.resolve("lif-" + neurons + ".json").toString());
    SimulationResult run =
        SimulationJob.on(runner.session())
            .network(network)
            .dt(1e-3)
            .stimulus("equation:a+b*i;a=1.02,b=" + 2.0 / neurons)
            .steps(STEPS)
            .record("spikes,v:lif")
            .output(folder.resolve("run-" + neurons).toString())
            .run();
    Plots plots = new Plots(run.tables());
    Figure raster = plots.raster(Plots.Part.FIRST);
    assertThat(run.spikes().count()).isGreaterThan(neurons);
    write("raster-of-" + neurons, raster.inline());
    write("trace-of-" + neurons, plots.trace(Plots.Part.FIRST, "v", 0, neurons - 1).inline());
  }
}
