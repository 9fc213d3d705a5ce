package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RecordingName;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.RunHash;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.StoreFaults;

/** What is lost or changed in a finished run is noticed, and mended out of what is left. */
class DamagedRunIT {
  private static final int STEPS = 200;
  private static final int EVERY = 50;

  @TempDir static Path folder;
  private static Path whole;
  private static List<String> spikes;
  private static int runs;

  private Path run;

  @BeforeAll
  static void runOnce() {
    whole = folder.resolve("whole");
    SimulateJob.run(TestSpark.session(), config("whole").build());
    spikes = TestRuns.spikes(TestSpark.session(), whole);
    assertThat(spikes).hasSizeGreaterThan(500);
  }

  private static RunConfig.Builder config(String output) {
    return TestRuns.config(folder, output, STEPS).checkpointEvery(EVERY).record("spikes");
  }

  /** Every test damages a copy of its own. */
  @BeforeEach
  void copyRun() {
    run = folder.resolve("run" + runs++);
    TestRuns.copy(whole, run);
  }

  private List<String> resume() {
    List<String> messages = new ArrayList<>();
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).backend("scalar").build(),
        TestRuns.collecting(messages));
    return messages;
  }

  private void assertWhole() {
    TestRuns.assertSameRun(whole, run);
    assertThat(RunHash.of(run)).isEqualTo(RunHash.of(whole));
    assertThat(RunHash.orphans(run)).isEmpty();
    assertThat(TestRuns.spikes(TestSpark.session(), run)).isEqualTo(spikes);
    assertThat(spikesInFolder()).isEqualTo(spikes);
  }

  /** As users read it who do not ask Velella. */
  private List<String> spikesInFolder() {
    return TestRuns.rows(TestSpark.session().read().parquet(run.resolve("spikes").toString()));
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }

  private RangeEntry range() {
    return TestRuns.manifest(run).ranges().get(1);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  /** The range goes on from the state before and records its last interval once more. */
  @Test
  void afterAFallbackThePublishedFolderHoldsEveryRowOnce() throws IOException {
    int published = files(run.resolve("spikes")).size();
    Path own = Files.copy(files(run.resolve("spikes")).get(0), folder.resolve("own.parquet"));
    flip(run.resolve("checkpoint/ranges").resolve(range().current().orElseThrow().file()));

    assertThat(resume()).anyMatch(message -> message.contains("goes on from step 150"));

    assertThat(files(run.resolve("spikes"))).hasSize(published);
    assertWhole();
    Path users = Files.move(own, run.resolve("spikes/own.parquet"));
    resume();
    assertThat(users).exists();
  }

  @Test
  void strangeRecordingsInThePublishedFolderAreCollected() throws IOException {
    Path stray = run.resolve("spikes/" + RecordingName.create(new SampleRange(0, 4), 0, 50));
    Files.copy(files(run.resolve("spikes")).get(0), stray);
    Path own = Files.copy(stray, run.resolve("spikes/own.parquet"));

    RunCleaning.clean(run.toString(), 3, Duration.ofHours(24), RunListener.SILENT);
    assertThat(stray).exists();
    RunCleaning.clean(run.toString(), 3, Duration.ofMillis(-1000), RunListener.SILENT);

    assertThat(stray).doesNotExist();
    Files.delete(own);
    assertWhole();
  }

  /** On stores that move by copying, a driver may be lost before it removes the original. */
  @Test
  void aCopyThatPublishingHasLeftIsRemoved() throws IOException {
    Path left = run.resolve(range().recordings().get(1).file());
    Files.copy(recording(1), left);

    resume();

    assertThat(left).doesNotExist();
    assertWhole();
  }

  private Path recording(int interval) {
    return run.resolve(range().recordings().get(interval).publishedFile());
  }

  @Test
  void aLostRecordingIsRecordedAgain() throws IOException {
    Files.delete(recording(2));
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> RunTables.open(TestSpark.session(), run.toString()).spikes())
        .withMessageContainingAll("is missing", "velella resume");

    assertThat(resume())
        .anyMatch(
            message -> message.contains("is missing") && message.endsWith("goes on from step 100"));

    assertWhole();
  }

  @Test
  void aDamagedRecordingIsNotPublishedAgain() throws IOException {
    flip(recording(3));
    Path longer = folder.resolve("longer");
    if (!Files.exists(longer)) {
      SimulateJob.run(TestSpark.session(), config("longer").steps(STEPS + 50).build());
    }
    assertThat(RunReport.exitCode(RunReport.of(run.toString(), true))).isEqualTo(ExitCode.FAILED);

    List<String> messages = new ArrayList<>();
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).backend("scalar").moreSteps(50).build(),
        TestRuns.collecting(messages));

    assertThat(messages).anyMatch(message -> message.endsWith("goes on from step 150"));
    TestRuns.assertSameRun(longer, run);
    assertThat(RunHash.of(run)).isEqualTo(RunHash.of(longer));
    assertThat(RunHash.orphans(run)).isEmpty();
    assertThat(spikesInFolder()).isEqualTo(TestRuns.spikes(TestSpark.session(), longer));
    assertThat(RunReport.exitCode(RunReport.of(run.toString(), true))).isEqualTo(ExitCode.DONE);
  }

  /** No state is left that does not need what was recorded first. */
  @Test
  void withoutItsFirstRecordingARangeIsNotBegunAgainSilently() throws IOException {
    Files.delete(recording(0));

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(this::resume)
        .withMessageContainingAll("No saved state of range [4, 8) is usable", "is missing");
  }

  private JsonNode verified() {
    return RunReport.of(run.toString(), true).path("verified");
  }

  @Test
  void damagedResultsAreFoundAndWrittenAgain() throws IOException {
    Path results = files(run.resolve("results")).get(0);
    byte[] sound = Files.readAllBytes(results);
    assertThat(verified().path("unsound")).isEmpty();

    for (int at : new int[] {5, sound.length / 3, sound.length - 12}) {
      byte[] bad = sound.clone();
      bad[at] ^= 1;
      Files.write(results, bad);
      assertThat(verified().path("unsound").toString()).contains("is not what the saved states");
    }
    Files.write(results, Arrays.copyOf(sound, sound.length - 40));
    assertThat(verified().path("unsound").toString()).contains(results.getFileName().toString());
    assertThat(resume()).anyMatch(message -> message.contains("were written again"));
    assertThat(verified().path("unsound")).isEmpty();
    assertWhole();

    Files.delete(results);
    JsonNode report = RunReport.of(run.toString(), true);
    assertThat(report.at("/health/missing").toString()).contains("samples [0, 23)");
    assertThat(RunReport.exitCode(report)).isEqualTo(ExitCode.FAILED);
    // A part of the same rows, as if results were once divided in another way.
    ResultFileName name = ResultFileName.parse(results.getFileName().toString()).orElseThrow();
    ResultFileName part = new ResultFileName(name.step(), 0, 4);
    Files.write(results.resolveSibling(part.toString()), sound);
    resume();
    assertThat(files(run.resolve("results"))).containsExactly(results);
    assertWhole();
  }

  /** By a copy of the task that writes them, stopped before it has written them itself. */
  @Test
  void resultsThatAreRemovedAfterTheyAreWrittenAreWrittenOnceMore() throws IOException {
    Path results = files(run.resolve("results")).get(0);
    byte[] sound = Files.readAllBytes(results);
    Files.write(results, Arrays.copyOf(sound, sound.length - 40));
    FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
    StoreFaults faults = FakeHdfs.faults("copies");
    int[] removed = new int[1];
    faults.observe(
        (phase, request) -> {
          if (phase == StoreFaults.Phase.AFTER
              && removed[0] == 0
              && request.startsWith("rename to ")
              && request.endsWith(results.getFileName().toString())) {
            removed[0] += results.toFile().delete() ? 1 : 0;
          }
        });
    try {
      ResumeJob.run(
          TestSpark.session(),
          ResumeConfig.builder("hdfs://copies" + run).backend("scalar").build());
    } finally {
      faults.observe((phase, request) -> {});
    }
    assertThat(removed[0]).isEqualTo(1);
    assertThat(results).hasBinaryContent(sound);
    assertWhole();
  }

  /** As other versions of Parquet write them; they stay, for whoever reads them meanwhile. */
  @Test
  void resultsWithTheSameRowsInOtherBytesAreSound() throws IOException {
    Path results = files(run.resolve("results")).get(0);
    byte[] bytes = Files.readAllBytes(results);
    String text = new String(bytes, ISO_8859_1);
    int at = text.lastIndexOf("parquet-mr version ") + "parquet-mr version ".length();
    bytes[at] = (byte) (bytes[at] == '9' ? '8' : '9');
    Files.write(results, bytes);

    assertThat(verified().path("unsound")).isEmpty();
    assertThat(resume()).noneMatch(message -> message.contains("were written again"));
    assertThat(Files.readAllBytes(results)).isEqualTo(bytes);
  }

  /** It is in neither of its places, each of them looked into while it is in the other one. */
  @Test
  void whatADriverPublishesMeanwhileIsNotMissing() throws IOException {
    Path published = files(run.resolve("spikes")).get(0);
    Path recorded = run.resolve("_attempts/spikes").resolve(published.getFileName());
    Files.move(published, Files.createDirectories(recorded.getParent()).resolve(recorded));
    FakeHdfs.faults("publishing")
        .observe(
            (phase, request) -> {
              if (phase == StoreFaults.Phase.BEFORE && request.endsWith("/_attempts/spikes")) {
                assertThat(recorded.toFile().renameTo(published.toFile())).isTrue();
                FakeHdfs.faults("publishing").observe((later, other) -> {});
              }
            });
    RunDirectory directory =
        RunDirectory.of("hdfs://publishing" + run, FakeHdfs.configure(new Configuration()));
    ManifestHead head = new ManifestLog(directory.store()).latest().orElseThrow();

    assertThat(RunHealth.of(directory, head).toJson().path("missing")).isEmpty();
    assertThat(published).exists();
    Files.delete(published);
    assertThat(RunHealth.of(directory, head).toJson().path("missing")).hasSize(1);
  }

  /**
   * Whoever reads a run that goes on meets files that were collected since it was begun to read.
   */
  @Test
  void whatADriverHasCollectedMeanwhileIsNotMissing() throws IOException {
    RunDirectory directory = RunDirectory.of(run.toString(), new Configuration());
    ManifestHead before = new ManifestLog(directory.store()).latest().orElseThrow();
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).moreSteps(4 * EVERY).backend("scalar").build());
    RunCleaning.clean(run.toString(), 1, Duration.ofHours(24), RunListener.SILENT);
    for (RangeEntry entry : before.manifest().ranges()) {
      String first = entry.files().get(0).file();
      assertThat(run.resolve("checkpoint/ranges").resolve(first)).doesNotExist();
    }

    RunHealth health = RunHealth.of(directory, before);
    assertThat(health.toJson().path("missing")).isEmpty();
    assertThat(health.head().manifest()).isEqualTo(TestRuns.manifest(run));
    RunVerification.Result verified =
        new RunVerification(
                directory, new Configuration(), before, new RecordingPlaces(directory.store()))
            .run();
    assertThat(verified.lostRanges()).isEmpty();

    Files.delete(run.resolve("checkpoint/ranges").resolve(range().current().orElseThrow().file()));
    assertThat(RunHealth.of(directory, before).toJson().path("missing")).hasSize(1);
  }
}
