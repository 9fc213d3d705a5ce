package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;

/** A branch is simulated again from the first step of the run that it left. */
class ReproducedBranchIT {
  private static final int STEPS = 60;
  private static final int MORE = 25;

  @TempDir Path folder;

  private String path(String run) {
    return folder.resolve(run).toString();
  }

  private ResumeConfig.Builder leave(String run, String branch) {
    return ResumeConfig.builder(path(run)).output(path(branch)).moreSteps(MORE);
  }

  private static void resume(ResumeConfig.Builder config) {
    ResumeJob.run(TestSpark.session(), config.build());
  }

  private ReproduceConfig again(String run) {
    return ReproduceConfig.of(path(run));
  }

  private static Reproduction reproduce(ReproduceConfig config) {
    return ReproduceJob.run(TestSpark.session(), config);
  }

  private static void assertEqual(
      Reproduction found, String record, long samples, long spikes, long traces) {
    assertThat(found.differences()).isEmpty();
    assertThat(found.samples()).isEqualTo(samples);
    assertThat(spikes).isPositive();
    assertThat(found.recorded())
        .isEqualTo(new Reproduction.Recorded(record, true, spikes, traces, 0));
  }

  private Dataset<Row> spikes(String run) {
    return RunTables.open(TestSpark.session(), path(run)).spikes();
  }

  @Test
  void branchesAndTheirBranchesAreEqualToThemselves() throws IOException {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", STEPS).record("spikes,v:hidden").build());
    resume(leave("run", "branch").set("hidden.tau", 0.004));
    resume(leave("branch", "twig").set("readout.v_threshold", 0.3).checkpointEvery(10));
    // What the run does afterwards does not matter.
    resume(ResumeConfig.builder(path("run")).moreSteps(5));

    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Reproduction branch = reproduce(again("branch").withScratch(scratch.toString()));
    String both = "spikes,v:hidden";
    // A row of traces for each sample and step since it left.
    long traces = (long) TestRuns.SAMPLES * MORE;
    assertEqual(branch, both, TestRuns.SAMPLES, spikes("branch").count(), traces);
    assertThat(branch.steps()).isEqualTo(STEPS + MORE);
    Reproduction twig = reproduce(again("twig").withScratch(scratch.toString()));
    assertEqual(twig, both, TestRuns.SAMPLES, spikes("twig").count(), traces);
    assertThat(twig.steps()).isEqualTo(STEPS + 2 * MORE);
    assertThat(scratch).isEmptyDirectory();

    // Ranges hold 4 samples.
    ReproduceConfig few =
        again("twig").withManner(again("twig").manner().withSamples("5:9").withTileSize(3));
    long spikes = spikes("twig").where("sample_id >= 4 AND sample_id < 12").count();
    assertEqual(reproduce(few), both, 8, spikes, 8 * MORE);

    // With the states of a branch with another parameter it is not equal.
    resume(leave("run", "other").moreSteps(MORE - 5).set("hidden.tau", 0.003));
    assertThat(TestRuns.manifest(folder.resolve("other")).targetSteps()).isEqualTo(STEPS + MORE);
    adopt("other", "branch");
    Reproduction wrong = reproduce(again("branch"));
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.difference()).contains("node hidden, variable v");
  }

  /** Gives a run the final states of another one. */
  private void adopt(String from, String to) throws IOException {
    LocalCheckpointStore source = new LocalCheckpointStore(folder.resolve(from));
    LocalCheckpointStore target = new LocalCheckpointStore(folder.resolve(to));
    Manifest theirs = new ManifestLog(source).latest().orElseThrow().manifest();
    ManifestHead head = new ManifestLog(target).latest().orElseThrow();
    List<RangeEntry> ranges = new ArrayList<>();
    for (RangeEntry entry : theirs.allRanges()) {
      ranges.add(
          RangeFile.writeRoot(
              target,
              head.manifest().run(),
              RangeFile.read(source, theirs.run(), entry.current().orElseThrow()),
              new TreeMap<>()));
    }
    new ManifestLog(target)
        .commit(
            head.successor(
                ranges,
                head.manifest().targetSteps(),
                new TreeMap<>(Map.of(Manifest.ATTEMPT, "of the test"))));
  }

  private void sweep(String run, String space) {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, run, STEPS)
            .record("spikes")
            .space("\"" + space + "\"")
            .seeds(List.of(4L, 5L))
            .build());
  }

  /** They would begin without memories. */
  @Test
  void aBranchedSweepGetsNoNewTrials() {
    sweep("run", "hidden.tau=0.001:0.003:2");
    resume(leave("run", "branch"));
    assertThatThrownBy(() -> sweep("branch", "hidden.tau=0.001:0.004:4"))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("is a branch", path("branch"), "4 of those", "--output");
    sweep("run", "hidden.tau=0.001:0.004:4");
    assertEqual(
        reproduce(again("branch").withTrial(ReproduceConfig.ALL)),
        "spikes",
        4L * TestRuns.SAMPLES,
        spikes("branch").count(),
        0);
  }

  @Test
  void trialsOfABranchedSweepAreReproducedAlone() {
    sweep("run", "hidden.tau=0.001:0.003:3");
    resume(leave("run", "branch").set("readout.v_threshold", 0.3));
    Reproduction all = reproduce(again("branch").withTrial(ReproduceConfig.ALL));
    assertEqual(all, "spikes", 6L * TestRuns.SAMPLES, spikes("branch").count(), 0);
    long id =
        RunTables.open(TestSpark.session(), path("branch"))
            .results()
            .selectExpr("max(trial_id)")
            .first()
            .getLong(0);
    Reproduction one = reproduce(again("branch").withTrial(Long.toString(id)));
    long spikes = spikes("branch").where("trial_id = " + id).count();
    assertEqual(one, "spikes", TestRuns.SAMPLES, spikes, 0);
  }

  @Test
  void theRunThatWasLeftMustBeThere() throws IOException {
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "run", STEPS).build());
    resume(leave("run", "branch"));
    Path network = TestRuns.networkFile(folder.resolve("run"));
    byte[] good = Files.readAllBytes(network);
    Files.delete(network);
    assertThatThrownBy(() -> reproduce(again("branch")))
        .isInstanceOf(CheckpointCorruptException.class)
        .hasMessageContaining(network.getFileName().toString());
    Files.write(network, good);

    Files.move(folder.resolve("run"), folder.resolve("moved"));
    refused("is a branch of the one in " + path("run"), "not there any more");
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "run", STEPS).build());
    refused("is a branch of run ", path("run") + " holds run ", "restore that one");
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> reproduce(again("branch")))
        .isInstanceOf(UsageException.class)
        .message()
        .contains(parts);
  }
}
