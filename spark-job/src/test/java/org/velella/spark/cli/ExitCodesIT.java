package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileRef;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.SimulateJob;

/** What a shell learns of runs that cannot go on: somebody else has them, or nothing is left. */
class ExitCodesIT {
  private static final int STEPS = 120;

  @TempDir Path folder;

  @AfterEach
  void openGate() {
    System.clearProperty(FaultyBackend.GATE);
  }

  private CommandLineRun resume(String... more) {
    List<String> args = new ArrayList<>(List.of("resume", folder.resolve("run").toString()));
    args.addAll(List.of("--backend=scalar", "--show=0"));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @Test
  void overlappingDriverIsSentAway() throws Exception {
    System.setProperty(FaultyBackend.GATE, folder.resolve("gate").toString());
    FaultyBackend.countAnew();
    TestSpark.session();
    CompletableFuture<RunOutcome> first =
        CompletableFuture.supplyAsync(
            () ->
                SimulateJob.run(
                    TestSpark.session(),
                    // One task, so that the second command gets a thread of Spark.
                    TestRuns.config(folder, "run", STEPS)
                        .backend(FaultyBackend.NAME)
                        .partitions(1)
                        .build(),
                    RunListener.SILENT));
    try {
      while (FaultyBackend.chunksRun() == 0 && !first.isDone()) {
        Thread.sleep(20);
      }
      CommandLineRun second = resume();
      assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.OTHER_WRITER).isEqualTo(4);
      assertThat(second.err())
          .contains("works on all samples of", folder.resolve("run").toString());
    } finally {
      Files.createFile(folder.resolve("gate"));
    }
    assertThat(first.get().isComplete()).isTrue();
  }

  private void simulate() {
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "run", STEPS).build());
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5] ^= 8;
    Files.write(file, bytes);
  }

  private void refusedAsUnusable(String... named) {
    CommandLineRun resumed = resume("--steps=+10");
    assertThat(resumed.exitCode())
        .as(resumed.err())
        .isEqualTo(ExitCode.CHECKPOINT_UNUSABLE)
        .isEqualTo(5);
    assertThat(resumed.err()).contains(named);
  }

  @Test
  void rangeWithoutASoundStateIsNeverBegunAnew() throws IOException {
    simulate();
    RangeEntry range = TestRuns.manifest(folder.resolve("run")).ranges().get(2);
    List<RangeFileRef> files = range.files();
    for (RangeFileRef file : files) {
      damage(folder.resolve("run/checkpoint/ranges").resolve(file.file()));
    }
    refusedAsUnusable(range.range().toString());
  }

  /** Nothing that was typed is wrong: the files were whole when the run began. */
  @Test
  void runWhoseOwnFilesAreDamagedOrLostIsNeverBegunAnew() throws IOException {
    simulate();
    Path run = folder.resolve("run");
    for (Path file : List.of(TestRuns.networkFile(run), run.resolve("_run/run.json"))) {
      byte[] sound = Files.readAllBytes(file);
      String name = file.getFileName().toString();
      damage(file);
      refusedAsUnusable(name, "from a copy");
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .isThrownBy(this::simulate)
          .withMessageContaining(name);
      Files.delete(file);
      refusedAsUnusable(name, "has lost its", "from a copy");
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .isThrownBy(this::simulate)
          .withMessageContaining(name);
      Files.write(file, sound);
    }
    assertThat(resume("--steps=+10").exitCode()).isZero();
  }

  @Test
  void runWithoutASoundManifestIsNeverBegunAnew() throws IOException {
    simulate();
    try (Stream<Path> manifests = Files.list(folder.resolve("run/checkpoint/manifests"))) {
      for (Path manifest : manifests.toList()) {
        damage(manifest);
      }
    }
    refusedAsUnusable("manifest");
  }
}
