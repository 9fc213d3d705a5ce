package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.Garbage;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.checkpoint.UnfinishedFile;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.testkit.ForwardingCheckpointStore;

/** A run keeps what it needs, and not much more. */
class RetentionIT {
  private static final int STEPS = 400;
  private static final int EVERY = 20;
  private static final int RANGES = 6;
  private static final Duration NOW = Duration.ZERO;

  @TempDir Path folder;

  private Path run;

  @BeforeEach
  @AfterEach
  void mendBackend() {
    run = folder.resolve("run");
    FaultyBackend.failNever();
  }

  private RunConfig.Builder config(String output) {
    return TestRuns.config(folder, output, STEPS).checkpointEvery(EVERY).record("spikes");
  }

  private static Set<String> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> ranges() {
    return files(run.resolve("checkpoint/ranges"));
  }

  /** Range files that a manifest lists; how many of those there are is asserted elsewhere. */
  private Set<String> listed() throws IOException {
    ManifestLog log = new ManifestLog(new LocalCheckpointStore(run));
    Set<String> listed = new TreeSet<>();
    for (String file : files(run.resolve("checkpoint/manifests"))) {
      for (RangeEntry entry : log.manifest(Long.parseLong(file.substring(0, 20))).ranges()) {
        entry.files().forEach(each -> listed.add(each.file()));
      }
    }
    return listed;
  }

  private void assertWhole() {
    SimulateJob.run(TestSpark.session(), config("whole").build());
    TestRuns.assertSameRun(folder.resolve("whole"), run);
    assertThat(TestRuns.spikes(TestSpark.session(), run))
        .isEqualTo(TestRuns.spikes(TestSpark.session(), folder.resolve("whole")));
  }

  /** 20 checkpoints of 6 ranges would be 120 files, and as many manifests as commits. */
  @Test
  void manyCheckpointsLeaveFewFiles() throws IOException {
    for (int keep : new int[] {1, 3}) {
      run = folder.resolve("keep" + keep);
      SimulateJob.run(TestSpark.session(), config("keep" + keep).keep(keep).build());
      assertThat(TestRuns.manifest(run).ranges())
          .hasSize(RANGES)
          .allSatisfy(range -> assertThat(range.files()).hasSize(keep));
      assertThat(ranges()).isEqualTo(listed());
      assertThat(ranges()).hasSizeLessThanOrEqualTo(2 * RANGES * keep);
      assertThat(files(run.resolve("checkpoint/manifests")))
          .hasSizeLessThanOrEqualTo(Math.max(2, keep));
      assertThat(files(run.resolve("_attempts/spikes"))).isEmpty();
    }
    assertWhole();
  }

  /** How it was to be kept need not be said again, but may be. */
  @Test
  void aRunRemembersItsMannerUntilItIsSaidOtherwise() {
    SimulateJob.run(TestSpark.session(), config("run").steps(100).keep(2).build());
    assertThat(RunCleaning.keptAsBegun(run.toString())).isEqualTo(2);
    ResumeConfig.Builder resume = ResumeConfig.builder(run.toString()).backend("scalar");

    ResumeJob.run(TestSpark.session(), resume.moreSteps(100).build());
    assertThat(TestRuns.manifest(run).ranges())
        .allSatisfy(
            range ->
                assertThat(range.files())
                    .extracting(RangeFileRef::step)
                    .containsExactly(200L - EVERY, 200L));

    ResumeJob.run(TestSpark.session(), resume.moreSteps(100).keep(3).checkpointEvery(25).build());
    assertThat(TestRuns.manifest(run).ranges())
        .allSatisfy(
            range ->
                assertThat(range.files())
                    .extracting(RangeFileRef::step)
                    .containsExactly(250L, 275L, 300L));

    SimulateJob.run(TestSpark.session(), config("run").steps(340).build());
    assertThat(TestRuns.manifest(run).ranges())
        .allSatisfy(range -> assertThat(range.files()).hasSize(2));
  }

  /** What attempts have left that were lost goes once the run is complete. */
  @Test
  void orphansGoAtTheEnd() throws IOException {
    FaultyBackend.failAfter(120);
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(
            () ->
                SimulateJob.run(
                    TestSpark.session(), config("run").backend(FaultyBackend.NAME).build()));
    FaultyBackend.failNever();
    String some = ranges().iterator().next();
    String twin = some.replaceAll("[0-9a-f-]{36}", UUID.randomUUID().toString());
    Path folderOfRanges = run.resolve("checkpoint/ranges");
    Files.copy(folderOfRanges.resolve(some), folderOfRanges.resolve(twin));
    Path spikes = run.resolve("_attempts/spikes/r000000000000-000000000004.lost.parquet");
    Files.write(spikes, new byte[] {1, 2, 3});
    List<Path> unfinished = new ArrayList<>();
    for (String place : List.of("checkpoint/ranges", "checkpoint/manifests", "_attempts/spikes")) {
      Path file = run.resolve(place).resolve(UnfinishedFile.create());
      unfinished.add(Files.write(file, new byte[9]));
    }
    Path ofABeginner = run.resolve("_run/lease").resolve(UnfinishedFile.create());
    Files.write(ofABeginner, new byte[9]);
    ResumeJob.run(
        TestSpark.session(), ResumeConfig.builder(run.toString()).backend("scalar").build());
    assertThat(spikes).doesNotExist();
    assertThat(unfinished).noneMatch(Files::exists);
    assertThat(ofABeginner).exists();
    assertThat(folderOfRanges.resolve(twin)).doesNotExist();
    assertThat(ranges()).isEqualTo(listed());
    assertThat(files(run.resolve("checkpoint/manifests"))).hasSize(RangeEntry.DEFAULT_KEPT_FILES);
    assertWhole();
  }

  @Test
  void cleaningOnDemand() throws IOException {
    SimulateJob.run(TestSpark.session(), config("run").steps(STEPS - 50).build());
    Path lost = run.resolve("_attempts/spikes/r000000000000-000000000004.lost.parquet");
    Files.createDirectories(lost.getParent());
    Files.write(lost, new byte[] {1, 2, 3});
    Set<String> before = ranges();

    assertThat(RunCleaning.keptAsBegun(run.toString())).isEqualTo(3);
    assertThat(paths(RunCleaning.find(run.toString(), 3, Duration.ofHours(24)))).isEmpty();
    List<String> found = paths(RunCleaning.find(run.toString(), 1, Duration.ofMillis(-1000)));
    assertThat(paths(RunCleaning.find(run.toString(), 3, Duration.ofMillis(-1000))))
        .containsExactly("_attempts/spikes/" + lost.getFileName());
    assertThat(lost).exists();
    assertThat(ranges()).isEqualTo(before);

    RunLease lease =
        RunLease.take(new LocalCheckpointStore(run), "app", Selection.all(), RunListener.SILENT);
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> RunCleaning.clean(run.toString(), 1, NOW, RunListener.SILENT));
    lease.close();

    Duration future = Duration.ofMillis(-1000);
    assertThat(paths(RunCleaning.clean(run.toString(), 1, future, RunListener.SILENT)))
        .isEqualTo(found)
        .hasSizeGreaterThan(2 * RANGES);
    assertThat(lost).doesNotExist();
    assertThat(ranges()).hasSize(RANGES);
    assertThat(paths(RunCleaning.clean(run.toString(), 1, future, RunListener.SILENT))).isEmpty();
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).moreSteps(50).backend("scalar").build());
    assertWhole();
  }

  /** The newest file of a range may be damaged where nobody has read it since it was written. */
  @Test
  void cleaningKeepsWhatADamagedStateFallsBackTo() throws IOException {
    SimulateJob.run(TestSpark.session(), config("run").steps(STEPS - 50).build());
    RangeEntry range = TestRuns.manifest(run).ranges().get(2);
    Path newest = run.resolve("checkpoint/ranges/" + range.current().orElseThrow().file());
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 5] ^= 1;
    Files.write(newest, bytes);
    List<String> messages = new ArrayList<>();

    RunCleaning.clean(run.toString(), 1, NOW, TestRuns.collecting(messages));

    assertThat(messages)
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains(newest.getFileName().toString())
                    .contains("Range [8, 12) goes on from step 340"));
    assertThat(TestRuns.manifest(run).ranges())
        .allSatisfy(entry -> assertThat(entry.files()).hasSize(1))
        .extracting(RangeEntry::step)
        .containsExactly(350L, 350L, 340L, 350L, 350L, 350L);
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).moreSteps(50).backend("scalar").build());
    assertWhole();
  }

  /** What the tasks of another driver save is listed by no manifest yet. */
  @Test
  void cleaningAtTheEndLeavesADriverAlone() throws IOException {
    SimulateJob.run(TestSpark.session(), config("run").steps(60).build());
    LocalCheckpointStore store = new LocalCheckpointStore(run);
    Path fresh = run.resolve("_attempts/spikes/r000000000000-000000000004.fresh.parquet");
    Files.createDirectories(fresh.getParent());
    Files.write(fresh, new byte[] {1, 2, 3});
    Selection some = Selection.of(List.of(new SampleRange(0, 4)));
    RunLease other = RunLease.take(store, "other", some, RunListener.SILENT);
    new Retention(store, 3).everything("app");
    assertThat(fresh).exists();
    other.close();

    // Nobody begins while files are removed.
    List<String> refused = new ArrayList<>();
    CheckpointStore observed =
        new ForwardingCheckpointStore(store) {
          @Override
          public boolean delete(String path) throws IOException {
            if (path.startsWith("_attempts")) {
              assertThatExceptionOfType(CommitFailedException.class)
                  .isThrownBy(() -> RunLease.take(store, "other", some, RunListener.SILENT));
              refused.add(path);
            }
            return super.delete(path);
          }
        };
    new Retention(observed, 3).everything("app");
    assertThat(refused).hasSize(1);
    assertThat(fresh).doesNotExist();
    RunLease.take(store, "other", some, RunListener.SILENT).close();
  }

  /**
   * Whether a driver elsewhere is dead finds out only who waits for its samples; else it may be at
   * work on them.
   */
  @Test
  void aDeadDriversLeaseOnOtherSamplesKeepsARunFromBeingCleaned() throws IOException {
    SimulateJob.run(TestSpark.session(), config("run").steps(60).build());
    LocalCheckpointStore store = new LocalCheckpointStore(run);
    String dead = RunLease.FOLDER + "/00000000000000000009.json";
    String json =
        "{\"application\":\"a\",\"host\":\"h\",\"machine\":\"elsewhere\",\"owner\":\"o\",\"pid\":7,"
            + "\"process_started\":\"\",\"released\":0,\"renewals\":3,\"selection\":[[0,4]],"
            + "\"since\":\"noon\"}";
    store.createExclusive(dead, json.getBytes(StandardCharsets.UTF_8));
    Path orphan = run.resolve("checkpoint/ranges").resolve(UnfinishedFile.create());
    Files.write(orphan, new byte[] {1});
    Selection others = Selection.of(List.of(new SampleRange(4, 24)));
    RunLease.take(store, "others", others, RunListener.SILENT, 0).close();
    new Retention(store, 3).everything("app");
    assertThat(orphan).exists();
    assertThat(RunLease.holders(store)).hasSize(1);

    RunLease.take(store, "as gc does", Selection.all(), RunListener.SILENT, 0).close();
    new Retention(store, 3).everything("app");
    assertThat(RunLease.holders(store)).isEmpty();
    assertThat(orphan).doesNotExist();
  }

  private static List<String> paths(Garbage garbage) {
    return garbage.files().stream().map(Garbage.GarbageFile::path).toList();
  }
}
