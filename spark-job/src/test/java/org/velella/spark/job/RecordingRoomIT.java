package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.store.FakeHdfs;

/**
 * A run of 23 samples and 20,000 neurons has recorded their potentials for three steps, 5.5 MB. Two
 * thousand million steps more would come to 3.7 petabytes, each step of which fits on any disk.
 */
class RecordingRoomIT {
  private static final int STEPS = 3;
  private static final long MORE = 2_000_000_000;

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void beginARun() throws IOException {
    FaultyBackend.failNever();
    run = folder.resolve("run");
    Path network = TestNetwork.writePopulation(folder.resolve("population.safetensors"), 20_000);
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", STEPS)
            .network(network.toString())
            .checkpointEvery(1)
            .record("v:if")
            .build());
    FaultyBackend.failAfter(0);
  }

  private ResumeConfig.Builder further() {
    return ResumeConfig.builder(run.toString()).moreSteps(MORE).backend(FaultyBackend.NAME);
  }

  private static void refuses(ResumeConfig.Builder config, Path where) {
    ResumeConfig built = config.build();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), built))
        .withMessageContainingAll(
            "Traces of 80000 bytes per sample and step, before they are compressed",
            "comes to 3509521484.4 MiB",
            "are free where " + where + " lies",
            "--little-room warn");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.plan(TestSpark.session(), built, RunListener.SILENT))
        .withMessageContaining("what is still to be recorded");
  }

  /** 80,000 bytes of 23 samples and as many steps as there are more, by 2 to the power of 20. */
  @Test
  void aRunGoesNoFurtherThanThereIsRoomFor() throws IOException {
    refuses(further(), run);
    assertThat(TestRuns.manifest(run).targetSteps()).isEqualTo(STEPS);
  }

  @Test
  void aBranchOfWhichThereIsNoRoomDoesNotBegin() {
    Path branch = folder.resolve("branch");
    refuses(further().output(branch.toString()), branch);
    assertThat(branch).doesNotExist();
  }

  /** Its spikes after each step, of six ranges: where it stands, and then 2 * 10^9 times. */
  @Test
  void aRunGoesNoFurtherThanTheDriverCanList() throws IOException {
    FaultyBackend.failNever();
    Path often = folder.resolve("often");
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "often", STEPS).checkpointEvery(1).record("spikes").build());
    int listed =
        TestRuns.manifest(often).ranges().stream().mapToInt(e -> e.recordings().size()).sum();
    FaultyBackend.failAfter(0);
    ResumeConfig.Builder more = ResumeConfig.builder(often.toString()).moreSteps(MORE);
    for (String output : new String[] {"", folder.resolve("branch").toString()}) {
      ResumeConfig config = more.output(output).backend(FaultyBackend.NAME).build();
      long recordings = (output.isEmpty() ? listed : 0) + 6 * MORE;
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> ResumeJob.run(TestSpark.session(), config))
          .withMessageContainingAll("list " + recordings + " recordings", "--checkpoint-every")
          .withMessageNotContaining("--range-size");
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> ResumeJob.plan(TestSpark.session(), config, RunListener.SILENT))
          .withMessageContaining("list " + recordings + " recordings");
    }
    assertThat(TestRuns.manifest(often).targetSteps()).isEqualTo(STEPS);
    assertThat(folder.resolve("branch")).doesNotExist();
  }

  /** The backend, which fails at the first step, is reached. */
  @Test
  void whoWantsToIsOnlyWarned() {
    List<String> told = new ArrayList<>();
    ResumeConfig warned = further().littleRoom("warn").build();
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), warned, TestRuns.collecting(told)));
    assertThat(told)
        .filteredOn(line -> line.contains("what is still to be recorded"))
        .singleElement()
        .asString()
        .endsWith("it goes on for as long as there is room");
  }

  /** A directory of which we say how much is free; a sample records 12 bytes in a step. */
  private static final String AUTHORITY = "room";

  private String remote(String name, long free) {
    FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
    FakeHdfs.faults(AUTHORITY).free(free);
    FaultyBackend.failNever();
    return "hdfs://" + AUTHORITY + folder.resolve(name);
  }

  private RunConfig.Builder config(String output) {
    return TestRuns.config(folder, "unused", 10).output(output).record("v:readout");
  }

  private static void refusesBy(RunConfig.Builder config) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config.build()))
        .withMessageContaining("what is still to be recorded");
  }

  /** 23 samples of 10 steps; then of 5 more, which is all that is still to be recorded. */
  @Test
  void toTheByte() {
    String output = remote("plain", 12 * 23 * 10 - 1);
    refusesBy(config(output));
    remote("plain", 12 * 23 * 10);
    assertThat(SimulateJob.run(TestSpark.session(), config(output).build()).exitCode()).isZero();
    remote("plain", 0);
    assertThat(SimulateJob.run(TestSpark.session(), config(output).build()).exitCode()).isZero();
    ResumeConfig more = ResumeConfig.builder(output).moreSteps(5).backend("scalar").build();
    remote("plain", 12 * 23 * 5 - 1);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), more));
    remote("plain", 12 * 23 * 5);
    assertThat(ResumeJob.run(TestSpark.session(), more).exitCode()).isZero();
  }

  /** Sample 5 lies in the range of samples 4 to 7. */
  @Test
  void ofSelectedSamplesTheirRanges() {
    String output = remote("some", 12 * 4 * 10 - 1);
    refusesBy(config(output).select("5:6"));
    remote("some", 12 * 4 * 10);
    assertThat(SimulateJob.run(TestSpark.session(), config(output).select("5:6").build()).samples())
        .isEqualTo(4);
  }

  /** 23 samples of 4 steps and 23 of 10. */
  @Test
  void trialsThatEndEarlierRecordLess() throws IOException {
    String output = remote("early", 12 * 23 * 14 - 1);
    UnaryOperator<RunConfig.Builder> two =
        config -> config.rangeSize(46).space("\"steps=4,10\"").checkpointEvery(3);
    refusesBy(two.apply(config(output)));
    remote("early", 12 * 23 * 14);
    assertThat(SimulateJob.run(TestSpark.session(), two.apply(config(output)).build()).exitCode())
        .isZero();
  }

  /** Two trials, then a third in a range of its own with room for two. */
  @Test
  void ofASweepItsTrials() {
    String output = remote("sweep", 12 * 23 * 2 * 10 - 1);
    UnaryOperator<RunConfig.Builder> two =
        config -> config.rangeSize(46).space("\"*.weight_scale=1,2\"");
    refusesBy(two.apply(config(output)));
    remote("sweep", 12 * 23 * 2 * 10);
    SimulateJob.run(TestSpark.session(), two.apply(config(output)).build());
    UnaryOperator<RunConfig.Builder> three =
        config -> config.rangeSize(46).space("\"*.weight_scale=1,2,3\"");
    remote("sweep", 12 * 23 * 10 - 1);
    refusesBy(three.apply(config(output)));
    remote("sweep", 12 * 23 * 10);
    assertThat(SimulateJob.run(TestSpark.session(), three.apply(config(output)).build()).samples())
        .isEqualTo(3 * 23);
  }
}
