package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;

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
            "What is still to be recorded, 80000 bytes of traces per sample and step",
            "3509521484.4 MiB before it is compressed",
            "are free where " + where + " lies",
            "--little-room warn");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.plan(TestSpark.session(), built, RunListener.SILENT))
        .withMessageContaining("What is still to be recorded");
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

  /** The backend, which fails at the first step, is reached. */
  @Test
  void whoWantsToIsOnlyWarned() {
    List<String> told = new ArrayList<>();
    ResumeConfig warned = further().littleRoom(LittleRoom.WARN).build();
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), warned, TestRuns.collecting(told)));
    assertThat(told)
        .filteredOn(line -> line.startsWith("What is still to be recorded"))
        .singleElement()
        .asString()
        .endsWith("goes on for as long as there is room");
  }
}
