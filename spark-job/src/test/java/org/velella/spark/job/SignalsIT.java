package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.DriverProcess;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.cli.CommandLineRun;
import org.velella.spark.faults.FaultFolder;
import org.velella.spark.faults.Measured;
import org.velella.spark.faults.RunHash;

/** Drivers that are asked to end leave their run in order. */
class SignalsIT {
  private static final int STEPS = 1000;
  private static final int EVERY = 200;
  private static final String RECORD = "spikes";
  private static final long NEEDED = (long) TestRuns.SAMPLES * STEPS;

  /** Of the two ranges at work, the interval that is not waited for. */
  private static final long LOSS = 2L * 4 * EVERY;

  @TempDir Path folder;

  private FaultFolder work;

  @BeforeEach
  void count() {
    work = new FaultFolder(folder.resolve("faults"));
    work.reset();
    FaultyBackend.failNever();
    System.setProperty(FaultFolder.PROPERTY, work.path().toString());
  }

  @AfterEach
  void nobodyCounts() {
    System.clearProperty(FaultFolder.PROPERTY);
  }

  private void assertLittleRepeated(String name) {
    long repeated = work.workDone() - NEEDED;
    Measured.print("f28 " + name, repeated, LOSS, NEEDED);
    assertThat(repeated).isBetween(0L, LOSS);
  }

  private DriverProcess driver(String output, int every, long chunkMillis) throws IOException {
    return DriverProcess.start(folder, output, STEPS, every, RECORD, chunkMillis);
  }

  /**
   * Two tasks at a time; a chunk, which is an interval, takes the better part of a second. The
   * second run saves nothing but at its end, and then what its tasks have come to.
   */
  @Test
  @Timeout(600)
  void whatTasksReachIsCommittedAndTheRunGoesOn() throws Exception {
    Path whole = folder.resolve("whole");
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", STEPS).checkpointEvery(EVERY).record(RECORD).build());
    List<String> spikes = TestRuns.spikes(TestSpark.session(), whole);
    for (String signal : List.of("INT", "TERM")) {
      int every = signal.equals("INT") ? EVERY : 0;
      work.reset();
      DriverProcess driver = driver(signal, every, 700);
      awaitSaved(folder.resolve(signal), name -> true);
      while (every == 0 && work.workDone() <= 2L * 4 * STEPS) {
        // What is saved is saved to its end; the next ranges are to have begun.
        Thread.sleep(10);
      }
      assertThat(driver.signal(signal)).isEqualTo(signal.equals("INT") ? 130 : 143);
      Path run = folder.resolve(signal);
      assertThat(TestRuns.status(run))
          .contains("\"interrupted\"", "the same command goes on from there");
      assertThat(Files.readAllLines(folder.resolve("driver.log")))
          .noneMatch(line -> line.contains(" ERROR "));
      Manifest manifest = TestRuns.manifest(run);
      assertThat(manifest.isComplete()).isFalse();
      assertThat(manifest.ranges()).isNotEmpty();
      assertThat(manifest.ranges())
          .as("saved on its way")
          .anyMatch(range -> range.step() > 0 && range.step() < STEPS);
      assertEverythingIsCommitted(run, manifest);

      CommandLineRun again =
          CommandLineRun.of(DriverProcess.command(folder, signal, STEPS, every, RECORD, ""));
      assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
      assertLittleRepeated(signal);
      TestRuns.assertSameRun(whole, run);
      assertThat(RunHash.of(run)).isEqualTo(RunHash.of(whole));
      assertThat(RunHash.orphans(run)).isEmpty();
      assertThat(TestRuns.spikes(TestSpark.session(), run)).isEqualTo(spikes);
    }
  }

  /** As simulate; what had been saved before is not lost either. */
  @Test
  @Timeout(300)
  void resumingIsInterruptedInOrder() throws Exception {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", STEPS).checkpointEvery(EVERY).record(RECORD).build());
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", EVERY).checkpointEvery(EVERY).record(RECORD).build());
    Path run = folder.resolve("run");
    String[] resume = {
      "resume", run.toString(), "--backend", FaultyBackend.NAME, "--tile-size", "3", "--show", "0"
    };
    List<String> further = new ArrayList<>(List.of(resume));
    further.addAll(List.of("--steps", "+" + (STEPS - EVERY)));

    DriverProcess driver =
        DriverProcess.start(folder.resolve("driver.log"), 400, further.toArray(String[]::new));
    awaitSaved(run, name -> !name.contains(".s%08d.".formatted(EVERY)));
    assertThat(driver.signal("TERM")).isEqualTo(143);
    assertInterrupted(run);
    assertThat(TestRuns.manifest(run).ranges())
        .as("saved before")
        .allMatch(range -> range.step() >= EVERY)
        .as("saved on its way")
        .anyMatch(range -> range.step() > EVERY && range.step() < STEPS);

    CommandLineRun again = CommandLineRun.of(resume);
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
    long repeated = work.workDone() - (NEEDED - (long) TestRuns.SAMPLES * EVERY);
    Measured.print("f28 resume", repeated, LOSS, NEEDED);
    assertThat(repeated).isBetween(0L, LOSS);
    TestRuns.assertSameRun(folder.resolve("whole"), run);
    assertThat(RunHash.of(run)).isEqualTo(RunHash.of(folder.resolve("whole")));
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  @Test
  @Timeout(300)
  void sweepsAreInterruptedInOrder() throws Exception {
    String[] sweep = DriverProcess.command(folder, "sweep", STEPS, EVERY, RECORD, "");
    sweep[0] = "sweep";
    List<String> grid = new ArrayList<>(List.of(sweep));
    grid.addAll(List.of("--grid", "readout.v_threshold=0.3,0.6"));
    sweep = grid.toArray(String[]::new);
    DriverProcess driver = DriverProcess.start(folder.resolve("driver.log"), 400, sweep);
    Path run = folder.resolve("sweep");
    awaitSaved(run, name -> true);
    assertThat(driver.signal("INT")).isEqualTo(130);
    assertInterrupted(run);
    assertThat(TestRuns.manifest(run).ranges())
        .as("saved on its way")
        .anyMatch(range -> range.step() > 0 && range.step() < STEPS);

    CommandLineRun again = CommandLineRun.of(sweep);
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
    long repeated = work.workDone() - 2 * NEEDED;
    Measured.print("f28 sweep", repeated, LOSS, 2 * NEEDED);
    assertThat(repeated).isBetween(0L, LOSS);
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", STEPS)
            .checkpointEvery(EVERY)
            .record(RECORD)
            .space("{\"product\": [\"readout.v_threshold=0.3,0.6\"]}")
            .build());
    assertThat(RunHash.of(run)).isEqualTo(RunHash.of(folder.resolve("whole")));
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  private void assertInterrupted(Path run) throws IOException {
    assertThat(TestRuns.status(run)).contains("\"interrupted\"");
    // Without waiting, too, a driver may be quick enough.
    assertThat(Files.readAllLines(folder.resolve("driver.log")))
        .noneMatch(line -> line.contains(" ERROR "))
        .anyMatch(line -> line.contains("Stopping; tasks have 10 s to save"));
    Manifest manifest = TestRuns.manifest(run);
    assertThat(manifest.isComplete()).isFalse();
    assertEverythingIsCommitted(run, manifest);
  }

  /** On a busy machine it may take a while until there is anything to commit. */
  private static void awaitSaved(Path run, Predicate<String> wanted) throws Exception {
    Path ranges = run.resolve("checkpoint/ranges");
    for (int i = 0; i < 1200; i++) {
      if (Files.isDirectory(ranges)) {
        try (Stream<Path> files = Files.list(ranges)) {
          if (files
              .map(file -> file.getFileName().toString())
              .anyMatch(name -> name.startsWith("r") && wanted.test(name))) {
            return;
          }
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("Nothing was saved within a minute");
  }

  /** Nothing that tasks have saved is left for the next driver to find. */
  private static void assertEverythingIsCommitted(Path run, Manifest manifest) throws IOException {
    Adoption.Result found =
        new Adoption(new LocalCheckpointStore(run)).adopt(manifest, Adoption.Verification.DATA);
    assertThat(found.changed()).isFalse();
    assertThat(found.warnings()).isEmpty();
    Set<String> listed =
        manifest.ranges().stream()
            .map(RangeEntry::current)
            .map(file -> file.orElseThrow().file())
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/ranges"))) {
      // Not even an unfinished file is there.
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsAll(listed)
          .allMatch(name -> name.startsWith("r"));
    }
    TestRuns.assertNoLeases(run);
  }

  /** No checkpoint is near; the tasks are left alone, and the driver still leaves word. */
  @Test
  @Timeout(300)
  void tasksThatTakeTooLongAreAbandoned() throws Exception {
    DriverProcess driver = driver("run", EVERY, 60_000);
    while (work.workDone() == 0) {
      Thread.sleep(50);
    }
    assertThat(driver.signal("TERM")).isEqualTo(143);
    assertThat(work.workDone()).as("begun and abandoned").isBetween(1L, LOSS);
    Path run = folder.resolve("run");
    assertThat(TestRuns.status(run)).contains("\"interrupted\"");
    assertThat(TestRuns.manifest(run).ranges()).isEmpty();
    ResumeConfig resume = ResumeConfig.builder(run.toString()).backend(FaultyBackend.NAME).build();
    assertThat(ResumeJob.run(TestSpark.session(), resume).exitCode()).isZero();
    assertLittleRepeated("abandoned");
    assertThat(work.workDone()).as("abandoned work is done again").isGreaterThan(NEEDED);
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  private RunConfig slow(String output) {
    return TestRuns.config(folder, output, STEPS)
        .checkpointEvery(0)
        .backend(FaultyBackend.NAME)
        .build();
  }

  private void assertSavedOnItsWay(String output) throws IOException {
    assertThat(TestRuns.manifest(folder.resolve(output)).ranges())
        .anyMatch(range -> range.step() > 0 && range.step() < STEPS);
  }

  /** As notebooks do, some of which have Spark interrupt tasks, too. */
  @Test
  @Timeout(300)
  void aCallThatIsInterruptedLosesNothing() throws Exception {
    JavaSparkContext spark = new JavaSparkContext(TestSpark.session().sparkContext());
    List<Throwable> thrown = new ArrayList<>();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    System.setProperty(FaultyBackend.MILLIS, "500");
    try {
      Thread call =
          new Thread(
              () -> {
                spark.setLocalProperty("spark.job.interruptOnCancel", "true");
                try {
                  SimulateJob.run(TestSpark.session(), slow("call"));
                } catch (RuntimeException e) {
                  thrown.add(e);
                  stillInterrupted.set(Thread.currentThread().isInterrupted());
                }
              });
      call.start();
      while (work.workDone() == 0 && call.isAlive()) {
        Thread.sleep(5);
      }
      call.interrupt();
      call.join();
    } finally {
      System.clearProperty(FaultyBackend.MILLIS);
    }
    assertThat(thrown)
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo(Interruption.WORDS);
    assertThat(stillInterrupted).isTrue();
    assertThat(TestRuns.status(folder.resolve("call"))).contains("\"interrupted\"");
    assertSavedOnItsWay("call");
    assertThat(SimulateJob.run(TestSpark.session(), slow("call")).exitCode()).isZero();
    assertThat(work.workDone()).isEqualTo(NEEDED);
    assertThat(RunHash.orphans(folder.resolve("call"))).isEmpty();
  }

  /** What its own task loses is not saved. */
  @Test
  void aTaskThatFailsCostsOthersNothing() throws Exception {
    // In the second piece of one of two tasks; a piece is two tiles, which are a chunk each.
    FaultyBackend.failOnce(5);
    System.setProperty(FaultyBackend.MILLIS, "500");
    try {
      assertThatExceptionOfType(RunFailedException.class)
          .isThrownBy(() -> SimulateJob.run(TestSpark.session(), slow("failed")));
    } finally {
      System.clearProperty(FaultyBackend.MILLIS);
    }
    assertThat(TestRuns.status(folder.resolve("failed"))).contains("\"failed\"");
    assertSavedOnItsWay("failed");
  }
}
