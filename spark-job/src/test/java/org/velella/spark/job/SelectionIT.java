package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CommitFailedException;
import org.velella.spark.DriverProcess;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;

/** Runs that are computed in parts, by one command after the other or by several at once. */
class SelectionIT {
  private static final int STEPS = 300;
  private static final int EVERY = 50;
  private static final String RECORD = "spikes,v:readout";

  @TempDir Path folder;

  private RunConfig.Builder config(String output) {
    return TestRuns.config(folder, output, STEPS).checkpointEvery(EVERY).record(RECORD);
  }

  private void assertWhole(String output) {
    SimulateJob.run(TestSpark.session(), config("whole").build());
    Path whole = folder.resolve("whole");
    Path run = folder.resolve(output);
    TestRuns.assertSameRun(whole, run);
    assertThat(TestRuns.spikes(TestSpark.session(), run))
        .isEqualTo(TestRuns.spikes(TestSpark.session(), whole));
    assertThat(TestRuns.traces(TestSpark.session(), run))
        .isEqualTo(TestRuns.traces(TestSpark.session(), whole));
  }

  /** Ranges are of 4 samples: [0, 4), [4, 8), …, [20, 23). */
  @Test
  void partsAddUpToTheRun() {
    List<String> messages = new ArrayList<>();
    RunOutcome first =
        SimulateJob.run(
            TestSpark.session(),
            config("run").select("3:5").build(),
            TestRuns.collecting(messages));
    assertThat(first.isComplete()).isFalse();
    assertThat(first.exitCode()).isZero();
    assertThat(first.samples()).isEqualTo(8);
    assertThat(messages).anyMatch(m -> m.contains("4 of 6 ranges have not reached step 300"));
    Path run = folder.resolve("run");
    assertThat(TestRuns.status(run)).contains("\"incomplete\"", "4 of 6 ranges");
    assertThat(TestRuns.manifest(run).ranges()).hasSize(2);
    assertThat(RunTables.open(TestSpark.session(), run.toString()).results().count()).isZero();
    assertThat(TestRuns.traces(TestSpark.session(), run)).hasSize(8 * STEPS);

    ResumeConfig.Builder resume = ResumeConfig.builder(run.toString()).backend("scalar");
    RunOutcome second = ResumeJob.run(TestSpark.session(), resume.select("16:,9:10").build());
    assertThat(second.isComplete()).isFalse();
    assertThat(second.samples()).isEqualTo(4 + 7);
    RunOutcome last = ResumeJob.run(TestSpark.session(), resume.select("").build());
    assertThat(last.isComplete()).isTrue();
    assertThat(last.samples()).isEqualTo(TestRuns.SAMPLES);
    assertWhole("run");
  }

  @Test
  void someSamplesMayGoFurtherThanOthers() {
    SimulateJob.run(TestSpark.session(), config("run").steps(200).build());
    Path run = folder.resolve("run");
    ResumeConfig.Builder resume = ResumeConfig.builder(run.toString()).backend("scalar");
    RunOutcome part =
        ResumeJob.run(TestSpark.session(), resume.select("0:4").moreSteps(100).build());
    assertThat(part.isComplete()).isFalse();
    assertThat(TestRuns.manifest(run).targetSteps()).isEqualTo(STEPS);
    ResumeJob.run(TestSpark.session(), resume.select("").moreSteps(0).build());
    assertWhole("run");
  }

  @Test
  void nothingSelectedIsRefusedBeforeAnythingIsWritten() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () -> SimulateJob.run(TestSpark.session(), config("none").select("23:99").build()))
        .withMessageContaining("selects none");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  /** Two drivers that commit in turn; whoever wants samples of theirs is sent away. */
  @Test
  void driversOfDisjointSelectionsShareARun() throws Exception {
    DriverProcess first = DriverProcess.start(folder, "run", STEPS, EVERY, RECORD, "0:12", 50);
    DriverProcess second = DriverProcess.start(folder, "run", STEPS, EVERY, RECORD, "12:23", 50);
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(
            () -> SimulateJob.run(TestSpark.session(), config("run").select("8:16").build()))
        .withMessageContainingAll("Another driver works on samples [0, 12)", "process ");
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config("run").build()));
    Files.createFile(folder.resolve("gate"));
    assertThat(first.await()).isZero();
    assertThat(second.await()).isZero();
    assertThat(TestRuns.manifest(folder.resolve("run")).isComplete()).isTrue();
    assertThat(TestRuns.status(folder.resolve("run"))).contains("\"finished\"");
    assertWhole("run");
  }
}
