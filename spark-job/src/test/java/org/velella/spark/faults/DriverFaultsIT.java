package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.FaultDriver.Moment;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.StoreFaults;
import org.velella.testkit.Seeded;

/**
 * F2: drivers that are killed, where it hurts most and anywhere. The same command finishes the run,
 * with the undisturbed hash.
 */
class DriverFaultsIT {
  /** Random kills; {@code -Dvelella.kills=20} is the full set. */
  private static final int KILLS = Integer.getInteger("velella.kills", 2);

  /** What one kill may repeat: of each range at work one interval, and the one being saved. */
  private static final long LOSS = 2L * FaultDriver.EVERY * FaultDriver.RANGE * FaultDriver.THREADS;

  @TempDir private static Path folder;

  private static String expected;
  private static FaultFolder faults;

  @BeforeAll
  static void undisturbed() throws IOException {
    expected = FaultCluster.undisturbed(folder);
    faults = new FaultFolder(Files.createDirectories(folder.resolve("faults")));
    System.setProperty(FaultFolder.PROPERTY, faults.path().toString());
    FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
  }

  @AfterAll
  static void forget() {
    System.clearProperty(FaultFolder.PROPERTY);
  }

  @BeforeEach
  void reset() {
    faults.reset();
    faults.set(ProbeBackend.MILLIS, 15);
  }

  /** The same command again, undisturbed; gives the work that was repeated, which has a bound. */
  private static long finish(String name, String output, long bound) {
    faults.set(ProbeBackend.MILLIS, 0);
    SimulateJob.run(TestSpark.session(), FaultDriver.config(folder, output), RunListener.SILENT);
    long repeated = faults.workDone() - FaultDriver.NEEDED;
    Measured.print(name, repeated, bound, FaultDriver.NEEDED);
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(RunHash.orphans(folder.resolve(name))).isEmpty();
    assertThat(repeated).isBetween(0L, bound);
    return repeated;
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_WRITING", "WHILE_WRITING", "BEFORE_NAMING", "AFTER_NAMING"})
  void killedWhileItCommits(Moment moment) throws Exception {
    String name = "f2-" + moment;
    String output = FaultDriver.stoppable(folder.resolve(name));
    try (FaultDriver driver = FaultDriver.start(folder, output, faults, moment, 2)) {
      driver.awaitMoment();
      assertThat(driver.kill()).isTrue();
    }
    boolean named = Files.exists(folder.resolve(name).resolve(manifest(2)));
    assertThat(named).isEqualTo(moment == Moment.AFTER_NAMING);
    finish(name, output, LOSS);
  }

  /** Before anything is computed, or when all is. */
  @ParameterizedTest
  @EnumSource(names = {"BEGUN", "PUBLISHING", "NAMING_RESULTS"})
  void killedBeforeOrAfterItsTasks(Moment moment) throws Exception {
    String name = "f2-" + moment;
    String output = FaultDriver.stoppable(folder.resolve(name));
    try (FaultDriver driver = FaultDriver.start(folder, output, faults, moment, 0)) {
      driver.awaitMoment();
      assertThat(driver.kill()).isTrue();
    }
    finish(name, output, 0);
  }

  private static String manifest(int version) {
    return "checkpoint/manifests/%020d.json".formatted(version);
  }

  /**
   * Runs that are killed and continued by the same command, and killed again. Nobody is at work
   * when a driver is dead, so what it had begun and not saved is what its kill has cost.
   */
  @Seeded
  void killedAnywhere(SplittableRandom random) throws Exception {
    int killed = 0;
    long repeated = 0;
    long most = 0;
    StringBuilder moments = new StringBuilder();
    for (int run = 0; killed < KILLS; run++) {
      String name = "killed" + run;
      String output = folder.resolve(name).toString();
      faults.reset();
      faults.set(ProbeBackend.MILLIS, 15);
      long lost = 0;
      for (int kill = 0; kill < 2 && killed < KILLS; kill++) {
        try (FaultDriver driver = FaultDriver.start(folder, output, faults, Moment.NONE, 0)) {
          // Of work, not of time: moments are then alike on slow and fast machines.
          long done = faults.workDone();
          long left = FaultDriver.NEEDED - (done - lost);
          driver.awaitWork(done + 1 + random.nextLong(Math.max(1, left)));
          if (driver.kill()) {
            killed++;
            long lostByNow = faults.workDone() - SavedWork.sampleSteps(folder.resolve(name));
            assertThat(lostByNow - lost).as("lost by one kill").isBetween(0L, LOSS);
            most = Math.max(most, lostByNow - lost);
            lost = lostByNow;
            moments.append(' ').append(faults.workDone());
          }
        }
      }
      repeated += finish(name, output, lost);
    }
    Measured.print(
        "%d kills of drivers, after sample-steps%s, repeated %d sample-steps, one kill at most %d; all hashes equal"
            .formatted(killed, moments, repeated, most));
  }

  /** How often a run asks the storage for something before it computes. */
  private static int requestsBeforeWork() {
    AtomicInteger requests = new AtomicInteger();
    FaultDriver.requests()
        .observe(
            (phase, request) -> {
              if (phase == StoreFaults.Phase.BEFORE && faults.workDone() == 0) {
                requests.incrementAndGet();
              }
            });
    finish("f2-counted", FaultDriver.stoppable(folder.resolve("f2-counted")), 0);
    FaultDriver.requests().observe((phase, request) -> {});
    return requests.get();
  }

  /**
   * From the first look at the run's directory until it computes: what says what the run is, its
   * lease and its first manifest come into being then. Each run is killed twice, the second time
   * while it goes on from what the first has left.
   */
  @Seeded
  void killedBeforeItComputes(SplittableRandom random) throws Exception {
    int requests = requestsBeforeWork();
    assertThat(requests).isGreaterThan(20);
    StringBuilder moments = new StringBuilder();
    int killed = 0;
    for (int run = 0; killed < KILLS; run++) {
      String name = "early" + run;
      String output = FaultDriver.stoppable(folder.resolve(name));
      faults.reset();
      faults.set(ProbeBackend.MILLIS, 15);
      for (int kill = 0; kill < 2 && killed < KILLS; kill++) {
        int request = 1 + random.nextInt(requests);
        try (FaultDriver driver =
            FaultDriver.start(folder, output, faults, Moment.ASKING, request)) {
          driver.awaitMoment();
          assertThat(driver.kill()).isTrue();
        }
        killed++;
        moments.append(' ').append(request);
      }
      // A driver that goes on asks for less, so its tasks may have begun.
      long begun = faults.workDone();
      assertThat(begun).isBetween(0L, LOSS);
      finish(name, output, begun);
    }
    Measured.print(
        "%d kills of drivers that had not computed yet, at requests%s of %d; all hashes equal"
            .formatted(killed, moments, requests));
  }

  /** Files of results, as they are. */
  private static Map<String, String> results(Path run) throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(run.resolve("results"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.put(
            run.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return bytes;
  }

  private static void sweep(Path run, int partitions) {
    SimulateJob.run(
        TestSpark.session(),
        FaultDriver.sweep(folder, run.toString(), partitions),
        RunListener.SILENT);
  }

  /**
   * What is left of a killed sweep is copied and continued on 1, 2 and 7 partitions. Each does what
   * is not saved, and not a step of a sample more.
   */
  @Seeded
  void aKilledSweepDoesOnlyWhatIsMissing(SplittableRandom random) throws Exception {
    faults.set(ProbeBackend.MILLIS, 0);
    Path whole = folder.resolve("sweep-whole" + random.nextInt(1_000_000));
    sweep(whole, 2);
    long needed = 4 * FaultDriver.NEEDED;
    assertThat(faults.workDone()).isEqualTo(needed);
    Path killed = Path.of(whole + "-killed");
    faults.reset();
    faults.set(ProbeBackend.MILLIS, 5);
    try (FaultDriver driver = FaultDriver.startSweep(folder, killed.toString(), faults)) {
      driver.awaitWork(needed / 3 + random.nextLong(needed / 2));
      assertThat(driver.kill()).isTrue();
    }
    long missing = needed - SavedWork.sampleSteps(killed);
    assertThat(missing).isBetween(1L, needed - 1);
    long lost = faults.workDone() - (needed - missing);
    // Of each task the interval that it was computing, and the one being saved.
    assertThat(lost).isBetween(0L, 2L * FaultDriver.EVERY * TestRuns.SAMPLES * FaultDriver.THREADS);
    for (int partitions : new int[] {1, 2, 7}) {
      Path run = Path.of(killed + "-on" + partitions);
      TestRuns.copy(killed, run);
      faults.reset();
      sweep(run, partitions);
      assertThat(faults.workDone()).as("on %d partitions", partitions).isEqualTo(missing);
      assertThat(RunHash.of(run)).isEqualTo(RunHash.of(whole));
      assertThat(results(run)).isNotEmpty().isEqualTo(results(whole));
    }
    Measured.print(
        "a sweep of %d sample-steps, killed; %d were not saved, and done again by each of three"
            .formatted(needed, missing));
  }
}
