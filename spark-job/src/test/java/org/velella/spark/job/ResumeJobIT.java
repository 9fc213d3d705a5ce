package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/** Whatever happens to a run on its way, it ends as if nothing had. */
class ResumeJobIT {
  private static final int STEPS = 400;
  private static final int EVERY = 50;

  @TempDir static Path folder;
  private static Path whole;
  private static List<String> spikes;
  private static int runs;

  @BeforeAll
  static void runWithoutFaults() {
    whole = folder.resolve("whole");
    FaultyBackend.failNever();
    SimulateJob.run(TestSpark.session(), config("whole").build());
    spikes = TestRuns.spikes(TestSpark.session(), whole);
    assertThat(spikes).hasSizeGreaterThan(1000);
  }

  private static RunConfig.Builder config(String output) {
    return TestRuns.config(folder, output, STEPS).checkpointEvery(EVERY).record("spikes");
  }

  private Path run;

  @BeforeEach
  void nextRun() {
    FaultyBackend.failNever();
    run = folder.resolve("run" + runs++);
  }

  private RunConfig.Builder config() {
    return config(run.getFileName().toString());
  }

  private ResumeConfig.Builder resume() {
    return ResumeConfig.builder(run.toString()).backend("scalar");
  }

  private void assertWhole() {
    TestRuns.assertSameRun(whole, run);
    assertThat(TestRuns.spikes(TestSpark.session(), run)).isEqualTo(spikes);
  }

  /** Stops a run after so many chunks. */
  private void interrupt(long chunks) {
    FaultyBackend.failAfter(chunks);
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(
            () ->
                SimulateJob.run(TestSpark.session(), config().backend(FaultyBackend.NAME).build()))
        .withMessageContainingAll("what was saved is kept", "the fault that the test asked for");
    FaultyBackend.failNever();
  }

  @Seeded(times = 3)
  void failuresAtAnyStepsLoseNothing(SplittableRandom random) {
    interrupt(random.nextInt(80));
    boolean done = false;
    for (int attempt = 0; !done; attempt++) {
      assertThat(attempt).isLessThan(100);
      FaultyBackend.failAfter(20 + random.nextInt(60));
      try {
        RunOutcome outcome =
            ResumeJob.run(
                TestSpark.session(),
                resume().backend(FaultyBackend.NAME).partitions(1 + random.nextInt(8)).build());
        assertThat(outcome.samples()).isEqualTo(TestRuns.SAMPLES);
        done = true;
      } catch (RunFailedException e) {
        assertThat(e).hasMessageContaining("the fault that the test asked for");
      }
    }
    assertWhole();
  }

  /** A task that is tried again goes on from what its lost attempt has saved. */
  @Test
  void retriedTasksRepeatAtMostOneInterval() {
    FaultyBackend.failAfter(Long.MAX_VALUE - 1);
    long before = FaultyBackend.chunksLeft();
    SimulateJob.run(TestSpark.session(), counted("counted" + runs).build());
    long chunks = before - FaultyBackend.chunksLeft();
    SparkSession retrying = TestSpark.freshSession(Map.of("spark.master", "local[1,4]"));
    try {
      FaultyBackend.failOnce(chunks / 2);
      SimulateJob.run(retrying, counted(run.getFileName().toString()).build());
      // One segment of a range is 2 tiles of one chunk each, the fault itself counts too.
      assertThat(FaultyBackend.chunksRun()).isBetween(chunks + 1, chunks + 3);
    } finally {
      retrying.stop();
    }
    assertWhole();
  }

  /**
   * A task's tiles do not fit; Spark tries it four times. The second try still takes all samples of
   * a range at once, the third one half of them, the fourth a quarter.
   */
  @Test
  void tilesAreHalvedFromTheThirdTryOn() {
    for (int tries : new int[] {3, 4}) {
      int fits = tries == 3 ? 2 : 1;
      String name = run.getFileName() + "-fits" + fits;
      RunConfig config = config(name).backend(FaultyBackend.NAME).partitions(1).tileSize(4).build();
      SparkSession fewer =
          TestSpark.freshSession(Map.of("spark.master", "local[1,%d]".formatted(tries - 1)));
      FaultyBackend.failLargerThan(fits);
      try {
        assertThatExceptionOfType(RunFailedException.class)
            .isThrownBy(() -> SimulateJob.run(fewer, config));
      } finally {
        fewer.stop();
      }
      assertThat(FaultyBackend.chunksRun()).as("tries, none further").isEqualTo(tries - 1);
      SparkSession enough =
          TestSpark.freshSession(Map.of("spark.master", "local[1,%d]".formatted(tries)));
      try {
        assertThat(SimulateJob.run(enough, config).exitCode()).isZero();
      } finally {
        enough.stop();
      }
      TestRuns.assertSameRun(whole, folder.resolve(name));
    }
  }

  private RunConfig.Builder counted(String output) {
    return config(output).backend(FaultyBackend.NAME).partitions(2);
  }

  /** As where two attempts of a range were at work, and what the slower one saved is of no use. */
  @Test
  void rangesThatTurnOutNotToBeSavedAreSimulatedAgain() {
    List<String> messages = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void message(String line) {
            // Said once, when all tasks have ended and their last files are not yet listed.
            if (messages.stream().noneMatch(said -> said.endsWith("were not reached"))
                && line.endsWith("were not reached")) {
              deleteNewest("r000000000008-000000000012");
              deleteNewest("r000000000020-000000000023");
            }
            messages.add(line);
          }
        };
    SimulateJob.run(TestSpark.session(), config().build(), listener);
    assertThat(messages)
        .anySatisfy(line -> assertThat(line).startsWith("2 ranges are not saved to the end"));
    assertWhole();
  }

  private void deleteNewest(String range) {
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/ranges"))) {
      List<Path> saved =
          files.filter(file -> file.getFileName().toString().startsWith(range)).sorted().toList();
      Files.delete(saved.get(saved.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void extendingIsTheSameAsLonger() {
    SimulateJob.run(TestSpark.session(), config().steps(130).build());
    ResumeJob.run(TestSpark.session(), resume().moreSteps(70).partitions(5).build());
    assertThat(TestRuns.manifest(run).targetSteps()).isEqualTo(200);
    SimulateJob.run(TestSpark.session(), config().steps(270).tileSize(2).build());
    ResumeJob.run(TestSpark.session(), resume().moreSteps(130).partitions(1).tileSize(64).build());
    assertWhole();
  }

  @Test
  void extendingWhatIsUnfinishedFinishesIt() {
    interrupt(50);
    ResumeJob.run(TestSpark.session(), resume().moreSteps(60).build());
    assertThat(TestRuns.manifest(run).targetSteps()).isEqualTo(STEPS + 60);
    Path longer = folder.resolve("longer");
    SimulateJob.run(TestSpark.session(), config("longer").steps(STEPS + 60).build());
    TestRuns.assertSameRun(longer, run);
  }

  @Test
  void twoDriversOfOneProcessDoNotWorkOnOneRun() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    RunListener atFirstCommit =
        new RunListener() {
          @Override
          public void progress(RunProgress progress) {
            begun.countDown();
          }
        };
    System.setProperty(FaultyBackend.MILLIS, "60");
    try {
      RunConfig slow = config().backend(FaultyBackend.NAME).build();
      CompletableFuture<RunOutcome> first =
          CompletableFuture.supplyAsync(
              () -> SimulateJob.run(TestSpark.session(), slow, atFirstCommit));
      begun.await();
      assertThatExceptionOfType(CommitFailedException.class)
          .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().build()))
          .withMessageContainingAll("works on", run.toString(), "already");
      assertThat(first.get().exitCode()).isZero();
    } finally {
      System.clearProperty(FaultyBackend.MILLIS);
    }
    assertWhole();
  }

  /** Another machine's driver, which no lease holds back: its commit wins, the first one stops. */
  @Test
  void whoHasLostTheRunStops() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    RunListener takenAfterFirstCommit =
        new RunListener() {
          @Override
          public void progress(RunProgress progress) {
            begun.countDown();
            try {
              taken.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    System.setProperty(FaultyBackend.MILLIS, "200");
    try {
      RunConfig slow = config().backend(FaultyBackend.NAME).build();
      CompletableFuture<RunOutcome> first =
          CompletableFuture.supplyAsync(
              () -> SimulateJob.run(TestSpark.session(), slow, takenAfterFirstCommit));
      begun.await();
      ManifestLog log = new ManifestLog(new LocalCheckpointStore(run));
      var head = log.latest().orElseThrow();
      var writer = new java.util.TreeMap<>(Map.of(Manifest.ATTEMPT, "elsewhere"));
      log.commit(head.successor(head.manifest().ranges(), STEPS, writer));
      taken.countDown();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(first::get)
          .withCauseInstanceOf(CommitFailedException.class)
          .withMessageContaining("committed by another writer");
    } finally {
      System.clearProperty(FaultyBackend.MILLIS);
    }
    assertThat(TestRuns.status(run)).contains("\"running\"");
    ResumeJob.run(TestSpark.session(), resume().build());
    assertWhole();
  }

  @Test
  void aDamagedRangeFileIsReplacedByTheOneBefore() throws IOException {
    interrupt(70);
    RangeEntry entry =
        TestRuns.manifest(run).ranges().stream()
            .filter(range -> range.files().size() > 1)
            .findFirst()
            .orElseThrow();
    Path newest = run.resolve("checkpoint/ranges").resolve(entry.current().orElseThrow().file());
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 3] ^= 4;
    Files.write(newest, bytes);
    List<String> messages = new ArrayList<>();
    ResumeJob.run(TestSpark.session(), resume().build(), TestRuns.collecting(messages));
    long step = entry.files().get(entry.files().size() - 2).step();
    assertThat(messages)
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains(newest.getFileName().toString(), "goes on from step " + step));
    assertWhole();
  }

  /** Also of a range that has nothing left to do, and of one whose two newest files are damaged. */
  @Test
  void damagedStatesOfFinishedRangesAreReplacedByThoseBefore() throws IOException {
    SimulateJob.run(TestSpark.session(), config().build());
    List<RangeEntry> ranges = TestRuns.manifest(run).ranges();
    damage(ranges.get(1).files().get(2).file());
    damage(ranges.get(4).files().get(2).file());
    damage(ranges.get(4).files().get(1).file());
    List<String> messages = new ArrayList<>();
    ResumeJob.run(TestSpark.session(), resume().build(), TestRuns.collecting(messages));
    assertThat(messages)
        .filteredOn(message -> message.contains(" goes on from step "))
        .hasSize(3)
        .anyMatch(message -> message.endsWith("Range [4, 8) goes on from step 350"))
        .anyMatch(message -> message.endsWith("Range [16, 20) goes on from step 300"));
    assertWhole();
  }

  /** Reading states is left to the cluster. */
  @Test
  void driverReadsOnlyTheStatesThatAreSaidToBeDamaged() throws IOException {
    SimulateJob.run(TestSpark.session(), config().build());
    Manifest manifest = TestRuns.manifest(run);
    List<RangeEntry> ranges = manifest.ranges();
    damage(ranges.get(1).files().get(2).file());
    damage(ranges.get(2).files().get(2).file());
    RunDirectory directory = RunDirectory.of(run.toString(), new Configuration());
    Commits commits =
        new Commits(
            directory,
            directory.spec().index(),
            manifest.run(),
            STEPS,
            Selection.all(),
            3,
            "app",
            RunListener.SILENT);
    commits.claim(
        saved -> {
          assertThat(saved).isEqualTo(ranges);
          return Set.of(ranges.get(1).range());
        });
    assertThat(commits.manifest().ranges())
        .extracting(RangeEntry::step)
        .containsExactly(400L, 350L, 400L, 400L, 400L, 400L);
  }

  private void damage(String rangeFile) throws IOException {
    Path file = run.resolve("checkpoint/ranges").resolve(rangeFile);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 3] ^= 4;
    Files.write(file, bytes);
  }

  @Test
  void anErrorIsNotedInTheStatus() {
    RunListener broken =
        new RunListener() {
          @Override
          public void message(String line) {
            if (line.endsWith("were not reached")) {
              throw new StackOverflowError("too deep");
            }
          }
        };
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config().build(), broken));
    assertThat(TestRuns.status(run)).contains("\"failed\"", "too deep");
  }

  @Test
  void withoutASoundFileOfARangeTheRunIsRefused() throws IOException {
    interrupt(70);
    RangeEntry entry = TestRuns.manifest(run).ranges().get(0);
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/ranges"))) {
      for (Path file : files.filter(path -> isOf(entry, path)).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().build()))
        .withMessageContaining("No saved state of range");
  }

  private static boolean isOf(RangeEntry entry, Path file) {
    String prefix = entry.current().orElseThrow().file().substring(0, 26);
    return file.getFileName().toString().startsWith(prefix);
  }

  @Test
  void aDamagedManifestIsReplacedByTheOneBefore() throws IOException {
    interrupt(70);
    List<Path> manifests = manifests();
    assertThat(manifests).hasSizeGreaterThan(1);
    Path newest = manifests.get(manifests.size() - 1);
    String text = Files.readString(newest);
    Files.writeString(newest, text.replace("\"samples\":23", "\"samples\":24"));
    List<String> messages = new ArrayList<>();
    ResumeJob.run(TestSpark.session(), resume().build(), TestRuns.collecting(messages));
    assertThat(messages)
        .anySatisfy(
            message -> assertThat(message).contains(newest.getFileName().toString(), "damaged"));
    assertWhole();
  }

  private List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/manifests"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void withoutASoundManifestTheRunIsRefused() throws IOException {
    interrupt(70);
    for (Path manifest : manifests()) {
      Files.writeString(manifest, "{}");
    }
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().build()))
        .withMessageContaining("None of the ");
  }

  /** Whatever is left of a run that had begun, it does not begin again in silence. */
  @Test
  void withoutManifestsTheRunIsRefused() throws IOException {
    interrupt(70);
    for (Path manifest : manifests()) {
      Files.delete(manifest);
    }
    assertRefusedWithoutManifests("_run/status.json");
    Files.delete(run.resolve("_run/status.json"));
    assertRefusedWithoutManifests("files in _attempts/spikes");
    delete(run.resolve("_attempts"));
    assertRefusedWithoutManifests("files in checkpoint/ranges");
    delete(run.resolve("checkpoint"));
    SimulateJob.run(TestSpark.session(), config().build());
    assertWhole();
    delete(run.resolve("checkpoint"));
    Files.delete(run.resolve("_run/status.json"));
    assertRefusedWithoutManifests("files in results");
  }

  private void assertRefusedWithoutManifests(String sign) {
    for (ThrowingCallable begun :
        List.<ThrowingCallable>of(
            () -> ResumeJob.run(TestSpark.session(), resume().build()),
            () -> SimulateJob.run(TestSpark.session(), config().build()),
            () -> RunReport.of(run.toString(), true))) {
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .isThrownBy(begun)
          .withMessageContainingAll("has " + sign, "no manifest", "restore", "another directory");
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** A changed byte far from the file's ends, in a file of more than a mebibyte. */
  @Test
  void oneOtherByteInTheMiddleOfALargeInputIsRefused() throws IOException {
    Path own = Files.createDirectory(folder.resolve("large" + runs));
    Shape shape = Shape.of(8000, TestRuns.SAMPLES, TestNetwork.INPUTS);
    Path input = TestRuns.write(own.resolve("series.npy"), Tensor.zeros(DType.FLOAT32, shape));
    RunConfig config = config().samples(0).input(input.toString()).steps(3).build();
    SimulateJob.run(TestSpark.session(), config);
    byte[] bytes = Files.readAllBytes(input);
    assertThat(bytes.length).isGreaterThan(4 << 20);
    bytes[2_204_000] ^= 1;
    Files.write(input, bytes);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().moreSteps(1).build()))
        .withMessageContainingAll("series.npy", "is not what the run", "restore it");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config))
        .withMessageContainingAll("another run", "other input");
    bytes[2_204_000] ^= 1;
    Files.write(input, bytes);
    ResumeJob.run(TestSpark.session(), resume().moreSteps(1).build());
    assertThat(TestRuns.manifest(run).targetSteps()).isEqualTo(4);
  }

  @Test
  void anInputThatHasChangedIsRefused() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own" + runs));
    RunConfig config = config().input(TestRuns.events(own, STEPS).toString()).build();
    SimulateJob.run(TestSpark.session(), config);
    TestRuns.events(own, STEPS - 1);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().moreSteps(1).build()))
        .withMessageContainingAll("events.npy", "is not what the run", "restore it");
    Files.delete(own.resolve("events.npy"));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume().moreSteps(1).build()))
        .withMessageContaining("There is no input");
  }

  /** A run that is taken further is compared with the machine as one that begins. */
  @Test
  void goingOnIsRefusedWhereItsTracesDoNotFit() {
    SimulateJob.run(TestSpark.session(), config().checkpointEvery(0).record("v:readout").build());
    ResumeConfig farther = resume().moreSteps(Integer.MAX_VALUE - STEPS).build();
    for (boolean plans : new boolean[] {true, false}) {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(
              () -> {
                if (plans) {
                  ResumeJob.plan(TestSpark.session(), farther, RunListener.SILENT);
                } else {
                  ResumeJob.run(TestSpark.session(), farther);
                }
              })
          .withMessageContaining("MiB are free where");
    }
  }
}
