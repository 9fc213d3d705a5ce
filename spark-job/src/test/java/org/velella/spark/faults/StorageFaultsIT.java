package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ResumeConfig;
import org.velella.spark.job.ResumeJob;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.RunProgress;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.store.FakeHdfs;
import org.velella.testkit.Seeded;

/** F5 and F24: disks that are full, and runs that go on elsewhere and otherwise. */
class StorageFaultsIT {
  private static final String AUTHORITY = "full";

  /** Of the run, on a backend with long chunks: 8 intervals of 5 ranges in 2 tiles and 1 in one. */
  private static final long CHUNKS = 8 * (5 * 2 + 1);

  /**
   * Of a range, an interval that is computed and one that is being saved are lost; and until Spark
   * has noticed that a task cannot save, it may have begun all of them.
   */
  private static final long LOSS = 2L * FaultCluster.EVERY * TestRuns.SAMPLES;

  /** Where tasks write, so that Spark knows why they failed. */
  private static final List<String> OF_TASKS =
      List.of("/checkpoint/ranges/", "/_attempts/", "/results/");

  /** Bytes. */
  private static final long ROOM_TO_COUNT = 2000;

  @TempDir private static Path folder;

  private static String expected;
  private static FaultFolder work;

  @BeforeAll
  static void undisturbed() {
    expected = FaultCluster.undisturbed(folder);
    work = new FaultFolder(folder.resolve("work"));
    System.setProperty(FaultFolder.PROPERTY, work.path().toString());
    FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
  }

  @AfterAll
  static void nobodyCounts() {
    System.clearProperty(FaultFolder.PROPERTY);
  }

  @BeforeEach
  @AfterEach
  void noFaults() {
    work.reset();
    FakeHdfs.faults(AUTHORITY).full("");
    FaultyBackend.failNever();
  }

  private static RunConfig.Builder config(String output) {
    return TestRuns.config(folder, "unused", FaultCluster.STEPS)
        .output(output)
        .checkpointEvery(FaultCluster.EVERY)
        .record(FaultCluster.RECORD);
  }

  private static void run(String output) {
    RunConfig config = config(output).backend(ProbeBackend.NAME).build();
    SimulateJob.run(TestSpark.session(), config, RunListener.SILENT);
  }

  private static void assertLittleRepeated(String name) {
    long repeated = work.workDone() - FaultCluster.NEEDED;
    Measured.print(name, repeated, LOSS, FaultCluster.NEEDED);
    assertThat(repeated).isBetween(0L, LOSS);
  }

  private static void assertUndisturbed(Path run) {
    assertThat(RunHash.of(run)).isEqualTo(expected);
    assertThat(RunHash.orphans(run)).isEmpty();
    assertThat(TestSpark.session().sparkContext().isStopped()).isFalse();
  }

  /** F5: no room for one kind of file, until somebody makes room. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/checkpoint/ranges/",
        "/checkpoint/manifests/",
        "/_attempts/",
        "/results/",
        "/_run/.tmp-"
      })
  void fullStorage(String place) throws IOException {
    Path run = folder.resolve("full" + place.replace('/', '-'));
    String output = "hdfs://" + AUTHORITY + run;
    FakeHdfs.faults(AUTHORITY).full(place);
    try (EventLog log = EventLog.begin(folder.resolve("log" + place.replace('/', '-')))) {
      assertThatThrownBy(() -> run(output))
          .rootCause()
          .hasMessageContainingAll(
              place.replace(".tmp-", ""), "No space left on device", ", after ", " bytes");
      if (OF_TASKS.contains(place)) {
        assertThat(log.failuresOfTasks())
            .isNotEmpty()
            .allSatisfy(
                reason ->
                    assertThat(reason)
                        .contains(run + place, "No space left on device", ", after ", " bytes"));
      }
    }
    FakeHdfs.faults(AUTHORITY).full("");
    run(output);
    assertUndisturbed(run);
    assertLittleRepeated("f5 " + place);
  }

  /** F5: no room for Spark's event log, which is no part of a run. */
  @Test
  void fullEventLog() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("events"));
    assumeTrue(
        mount("-t", "tmpfs", "-o", "size=16k", "velella-test", disk.toString()),
        "Mounting a small disk takes root on Linux");
    try {
      Path run = folder.resolve("unlogged");
      try (EventLog log = EventLog.begin(disk)) {
        run(run.toString());
        // Spark's writer tells nobody.
        assertThat(log.bytes()).isBetween(1L, 16L << 10);
      }
      assertThat(Files.getFileStore(disk).getUsableSpace()).isZero();
      assertUndisturbed(run);
      assertThat(work.workDone()).isEqualTo(FaultCluster.NEEDED);
    } finally {
      new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }
  }

  /**
   * F5: no room for manifests while tasks run: they go on, and a later commit takes it all. F21: at
   * every commit the clock of the storage is another day's, as seen from here.
   */
  @Test
  void commitThatFailsIsTriedAgain() {
    Path run = folder.resolve("again");
    String output = "hdfs://" + AUTHORITY + run;
    List<String> messages = new ArrayList<>();
    JumpingClock clock = new JumpingClock();
    RunListener listener =
        new RunListener() {
          @Override
          public void progress(RunProgress progress) {
            clock.jump(run);
            if (!isTold(messages)) {
              FakeHdfs.faults(AUTHORITY).full("/checkpoint/manifests/");
            }
          }

          @Override
          public void message(String line) {
            messages.add(line);
            clock.jump(run);
            if (isTold(messages)) {
              FakeHdfs.faults(AUTHORITY).full("");
            }
          }
        };
    System.setProperty(FaultyBackend.MILLIS, "250");
    try {
      SimulateJob.run(
          TestSpark.session(), config(output).backend(FaultyBackend.NAME).build(), listener);
    } finally {
      System.clearProperty(FaultyBackend.MILLIS);
    }
    assertThat(isTold(messages)).isTrue();
    assertThat(clock.jumps()).isGreaterThan(2);
    assertUndisturbed(run);
  }

  private static boolean isTold(List<String> messages) {
    return messages.stream()
        .anyMatch(
            line ->
                line.startsWith("Could not commit what is saved")
                    && line.contains("/checkpoint/manifests/")
                    && line.contains("No space left on device"));
  }

  /** F5: a real file system of a size that the run does not fit into. */
  @Test
  void fullDisk() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        mount("-t", "tmpfs", "-o", "size=300k", "velella-test", disk.toString()),
        "Mounting a small disk takes root on Linux; limitedFiles shows the same without");
    try {
      Path run = disk.resolve("run");
      assertThatThrownBy(() -> run(run.toString()))
          .rootCause()
          .hasMessageContainingAll(disk.toString(), "No space left on device");
      assertThat(mount("-o", "remount,size=20m", disk.toString())).isTrue();
      run(run.toString());
      assertUndisturbed(run);
      assertLittleRepeated("f5 a real disk");
    } finally {
      new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }
  }

  /**
   * F5: a kernel that takes the beginning of a file and no more of it. Whoever is not root cannot
   * have a small disk, but anybody may limit the size of files that a process writes. What Spark
   * writes for itself is cut as well.
   */
  @Seeded
  void limitedFiles(SplittableRandom random) throws Exception {
    long[] sizes = sizes(folder.resolve("undisturbed"));
    // Not the largest: in this run it may be a byte or two smaller.
    long limit = sizes[random.nextInt(sizes.length - 1)] - 1;
    assumeTrue(limitFiles(Long.toString(limit)), "Limiting files takes prlimit of Linux");
    Path run = folder.resolve("limited");
    try {
      assertThatThrownBy(() -> run(run.toString())).hasStackTraceContaining("File too large");
    } finally {
      assertThat(limitFiles("unlimited")).isTrue();
    }
    run(run.toString());
    assertUndisturbed(run);
    assertLittleRepeated("f5 no file larger than " + limit + " bytes");
  }

  /**
   * The sizes of a run's files, of which a run without one ends at once: commits are tried again
   * for a while. What this test counts has to be written in any case.
   */
  private static long[] sizes(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getParent().endsWith("manifests"))
          .mapToLong(file -> file.toFile().length())
          .filter(size -> size > ROOM_TO_COUNT)
          .sorted()
          .toArray();
    }
  }

  /** Limits the files of this process, until it is allowed more; whether that is possible here. */
  private static boolean limitFiles(String bytes) throws InterruptedException {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      return new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":").start().waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean mount(String... arguments) throws InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "mount";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** F24: wherever it was broken off, any partitions and any tiles finish it. */
  @Seeded
  void otherPartitionsAndTiles(SplittableRandom random) throws IOException {
    Path broken = folder.resolve("broken");
    FaultyBackend.failAfter(1 + random.nextLong(CHUNKS - 1));
    RunConfig config =
        TestRuns.config(folder, "broken", FaultCluster.STEPS)
            .checkpointEvery(FaultCluster.EVERY)
            .record(FaultCluster.RECORD)
            .backend(FaultyBackend.NAME)
            .partitions(3)
            .build();
    assertThatThrownBy(() -> SimulateJob.run(TestSpark.session(), config, RunListener.SILENT))
        .hasMessageContaining("the fault that the test asked for");
    FaultyBackend.failNever();
    for (int partitions : new int[] {1, 2, 3, 7, 2 * 3, TestRuns.SAMPLES}) {
      Path copy = folder.resolve("on" + partitions);
      TestRuns.copy(broken, copy);
      ResumeConfig resume =
          ResumeConfig.builder(copy.toString())
              .partitions(partitions)
              .tileSize(1 + random.nextInt(5))
              .backend(partitions % 2 == 0 ? ProbeBackend.NAME : "vector")
              .build();
      long left = left(copy);
      work.reset();
      ResumeJob.run(TestSpark.session(), resume);
      assertUndisturbed(copy);
      // What no manifest has is there in files, as far as it was saved.
      assertThat(work.workDone()).isBetween(0L, left);
    }
  }

  /** Steps of samples that a run's newest manifest does not have. */
  private static long left(Path run) throws IOException {
    Optional<ManifestHead> head = new ManifestLog(new LocalCheckpointStore(run)).latest();
    List<RangeEntry> ranges = head.map(h -> h.manifest().ranges()).orElse(List.of());
    return FaultCluster.NEEDED
        - ranges.stream().mapToLong(range -> range.step() * range.range().size()).sum();
  }
}
