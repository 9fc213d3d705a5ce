package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jhdf.HdfFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;

/** What a run has recorded is in the file of NIR data, and nothing else. */
class ConvertSpikesIT {
  private static final int STEPS = 60;

  @TempDir static Path folder;

  @BeforeAll
  static void run() {
    FaultyBackend.failNever();
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", STEPS)
            .record("spikes,v:readout")
            .space("{\"product\": [\"hidden.tau=0.001,0.003\"]}")
            .build());
  }

  private static CommandLineRun convert(String run, String out) {
    return CommandLineRun.of(
        "convert", "spikes", folder.resolve(run).toString(), folder.resolve(out).toString());
  }

  @Test
  void spikesAndVariablesAreThoseOfTheTables() {
    CommandLineRun run = convert("run", "recorded.nir");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("hidden.spikes", "readout.v");
    RunTables tables = RunTables.open(TestSpark.session(), folder.resolve("run").toString());
    double dt = tables.dt();
    List<String> expected = new ArrayList<>();
    for (Row row : tables.spikes().where("node = 'hidden'").collectAsList()) {
      expected.add(
          "%d %d %d %d".formatted(row.getLong(0), row.getLong(1), row.getInt(3), row.getInt(4)));
    }
    try (HdfFile file = new HdfFile(folder.resolve("recorded.nir"))) {
      long[] trials = (long[]) file.getDatasetByPath("trial_id").getData();
      long[] samples = (long[]) file.getDatasetByPath("sample_id").getData();
      assertThat(trials).hasSize(Math.toIntExact(tables.results().count()));
      String spikes = "nodes/hidden/observables/spikes/";
      long[][] idx = (long[][]) file.getDatasetByPath(spikes + "idx").getData();
      double[][] time = (double[][]) file.getDatasetByPath(spikes + "time").getData();
      List<String> found = new ArrayList<>();
      for (int n = 0; n < idx.length; n++) {
        for (int e = 0; e < idx[n].length; e++) {
          if (idx[n][e] >= 0) {
            int step = (int) Math.floor(time[n][e] / dt);
            found.add("%d %d %d %d".formatted(trials[n], samples[n], step, idx[n][e]));
          }
        }
      }
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected).isNotEmpty();
      float[][][] v =
          (float[][][]) file.getDatasetByPath("nodes/readout/observables/v/data").getData();
      for (Row row : tables.traces().where("step = 41").collectAsList()) {
        int n = 0;
        while (trials[n] != row.getLong(0) || samples[n] != row.getLong(1)) {
          n++;
        }
        List<Float> values = row.getList(row.fieldIndex("values"));
        assertThat(v[n]).hasNumberOfRows(STEPS);
        for (int i = 0; i < values.size(); i++) {
          assertThat(v[n][41][i]).isEqualTo(values.get(i));
        }
      }
    }
    assertThat(convert("run", "recorded.nir").err()).contains("is there already");
  }

  @Test
  void runThatRecordedNothingIsRefused() {
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "silent", 5).build());

    CommandLineRun run = convert("silent", "silent.nir");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("has recorded nothing");
  }

  /** After one step nothing has fired; what was to be recorded is there, without events. */
  @Test
  void silentPopulationsAreWritten() {
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "early", 1).record("spikes:readout").build());
    RunTables tables = RunTables.open(TestSpark.session(), folder.resolve("early").toString());
    assertThat(tables.spikes().count()).isZero();

    CommandLineRun run = convert("early", "early.nir");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("readout.spikes");
    try (HdfFile file = new HdfFile(folder.resolve("early.nir"))) {
      String spikes = "nodes/readout/observables/spikes/";
      long[][] idx = (long[][]) file.getDatasetByPath(spikes + "idx").getData();
      assertThat(idx).hasNumberOfRows(Math.toIntExact(tables.results().count()));
      for (long[] row : idx) {
        assertThat(row).containsOnly(-1);
      }
    }
  }
}
