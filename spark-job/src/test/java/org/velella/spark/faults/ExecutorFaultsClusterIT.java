package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.spark.faults.FaultCluster.EVERY;
import static org.velella.spark.faults.FaultCluster.HOSTS;
import static org.velella.spark.faults.FaultCluster.NEEDED;
import static org.velella.spark.faults.FaultCluster.RANGE;
import static org.velella.spark.faults.FaultCluster.RANGES;
import static org.velella.spark.faults.FaultCluster.STEPS;
import static org.velella.spark.faults.FaultCluster.TASKS;
import static org.velella.spark.faults.FaultCluster.await;
import static org.velella.spark.faults.FaultCluster.signal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeFileName;
import org.velella.spark.TestRuns;
import org.velella.spark.faults.FaultCluster.Running;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.job.RunCleaning;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.RunListener;
import org.velella.testkit.Seeded;

/**
 * Executors and daemons that die, stop, or lag behind while the driver lives. Whatever happens, the
 * run ends with the undisturbed hash, Spark stays usable, and little work is repeated.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExecutorFaultsClusterIT {
  /** Random kills; {@code -Dvelella.kills=20} is the full set. */
  private static final int KILLS = Integer.getInteger("velella.kills", 2);

  /**
   * What a lost executor may cost: of its range one interval, and the one being written; and as
   * much of the other executor's, whose task Spark tries anew if what was shuffled is lost.
   */
  private static final long LOSS = 2L * 2 * EVERY * RANGE;

  @TempDir private static Path folder;

  private static FaultCluster cluster;
  private static String expected;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    expected = FaultCluster.undisturbed(folder);
    cluster = FaultCluster.start(folder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void forgetFaults() throws InterruptedException {
    cluster.session();
    for (String host : HOSTS) {
      cluster.executor(host);
    }
    cluster.faults().reset();
    cluster.faults().set(ProbeBackend.MILLIS, 15);
  }

  /** Ends a run well that has lost executors at one moment. */
  private static void finish(String name, Running run) throws InterruptedException {
    finish(name, run, LOSS);
  }

  /** Ends a run well and gives the work that it has repeated, which has a bound. */
  private static long finish(String name, Running run, long bound) throws InterruptedException {
    return finish(name, name, run, bound);
  }

  private static long finish(String what, String name, Running run, long bound)
      throws InterruptedException {
    assertThat(run.outcome().exitCode()).isZero();
    long repeated = cluster.faults().workDone() - NEEDED;
    Measured.print(what, repeated, bound, NEEDED);
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(cluster.session().sparkContext().isStopped()).isFalse();
    assertThat(RunHash.orphans(folder.resolve(name))).isEmpty();
    assertThat(repeated).isBetween(0L, bound);
    return repeated;
  }

  @Test
  void f1ExecutorIsKilled() throws Exception {
    Running run = cluster.begin(cluster.config("f1").build());
    cluster.awaitSaved("f1", 5);
    cluster.busyExecutor(HOSTS[0]).destroyForcibly();
    finish("f1", run);
  }

  /** Spark gives its task to another; then it wakes up and goes on writing. */
  @Test
  void f3ExecutorSleepsAndWakes() throws Exception {
    Running run = cluster.begin(cluster.config("f3").build());
    cluster.awaitSaved("f3", 5);
    ProcessHandle zombie = cluster.busyExecutor(HOSTS[0]);
    signal("STOP", zombie);
    try {
      cluster.awaitGivenUp(HOSTS[0]);
    } finally {
      signal("CONT", zombie);
    }
    finish("f3", run);
    await("the end of the executor that was given up", () -> !zombie.isAlive());
    assertWholeOnceCollected("f3");
  }

  /**
   * F29: nothing is carried between the driver and an executor, whose whole machine is cut off from
   * Spark, so that nobody can end it either. Both go on, and both reach the storage; when the
   * network is healed, what was sent meanwhile arrives.
   */
  @Test
  void f29DriverAndExecutorCannotReachEachOther() throws Exception {
    cluster.faults().set(ProbeBackend.on(ProbeBackend.MILLIS, HOSTS[0]), 130);
    Running run = cluster.begin(cluster.config("f29").build());
    ProcessHandle zombie = cluster.busyExecutor(HOSTS[0]);
    // It has all that it needs of the driver.
    await("its work", () -> cluster.faults().workDone(zombie.pid()) > 0);
    ProcessHandle worker = cluster.daemons().worker(HOSTS[0]);
    long alone;
    signal("STOP", worker);
    try {
      cluster.cut(zombie);
      long before = cluster.faults().workDone(zombie.pid());
      cluster.awaitGivenUp(HOSTS[0]);
      alone = cluster.faults().workDone(zombie.pid());
      assertThat(alone - before).as("computed while cut off").isGreaterThan(2L * EVERY * RANGE);
      // So much that it has saved a state that nobody waits for.
      await(
          "the executor to go on",
          () -> cluster.faults().workDone(zombie.pid()) - alone > 2L * EVERY * RANGE);
      assertThat(zombie.isAlive()).isTrue();
    } finally {
      cluster.heal();
      signal("CONT", worker);
    }
    assertThat(run.outcome().exitCode()).isZero();
    await("the end of the executor that was given up", () -> !zombie.isAlive());
    long needless = cluster.faults().workDone(zombie.pid()) - alone;
    long repeated = cluster.faults().workDone() - NEEDED;
    Measured.print("f29, %d of it cut off".formatted(needless), repeated, LOSS + needless, NEEDED);
    assertThat(repeated).isBetween(0L, LOSS + needless);
    assertWholeOnceCollected("f29");
  }

  /** Of a run whose last writers have ended, for nobody else removes what they saved late. */
  private static void assertWholeOnceCollected(String name) {
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    String run = folder.resolve(name).toString();
    RunCleaning.clean(run, 3, Duration.ofMillis(-1000), RunListener.SILENT);
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(RunHash.orphans(folder.resolve(name))).isEmpty();
    assertThat(cluster.session().sparkContext().isStopped()).isFalse();
  }

  /**
   * Whole ranges do not fit in the heap of one host: Spark's executors then end themselves with
   * code 52, again and again; only smaller tiles bring a task to its end there.
   */
  @Test
  void f16ExecutorRunsOutOfMemory() throws Exception {
    // Long enough for Spark to use both hosts, though all input lies on one.
    cluster.faults().set(ProbeBackend.MILLIS, 60);
    Running run = cluster.begin(cluster.config("f16").tileSize(RANGE).build());
    cluster.awaitSaved("f16", 4);
    ProcessHandle executor = cluster.busyExecutor(HOSTS[1]);
    cluster.faults().set(ProbeBackend.on(ProbeBackend.HEAP, HOSTS[1]), RANGE);
    await("the end of the executor", () -> !executor.isAlive());
    assertThat(run.outcome().exitCode()).isZero();
    int lost = Math.max(1, cluster.faults().processes() - HOSTS.length);
    finish("f16, %d executors lost".formatted(lost), "f16", run, lost * LOSS);
    assertThat(cluster.daemons().logs()).contains("OutOfMemoryError");
  }

  /**
   * F28: an executor is taken out of service, as Kubernetes and others do before they end it. Its
   * task goes on to its end, and it gets no other one.
   */
  @Test
  void f28ExecutorIsDecommissioned() throws Exception {
    Map<String, String> settings =
        Map.of(
            "spark.decommission.enabled", "true",
            "spark.storage.decommission.enabled", "true",
            "spark.storage.decommission.shuffleBlocks.enabled", "true");
    cluster.session(settings);
    try {
      forgetFaults();
      Running run = cluster.begin(cluster.config("f28").build());
      ProcessHandle executor = cluster.busyExecutor(HOSTS[0]);
      cluster.awaitSaved("f28", 4);
      signal("PWR", executor);
      await("the end of the executor", () -> !executor.isAlive());
      finish("f28", run, (long) EVERY * RANGE);
    } finally {
      cluster.session(Map.of());
    }
  }

  /**
   * F28: the job is cancelled, as a driver that is told to end does, and as users do. Executors
   * save what they have computed, though no checkpoint is near, and it is committed.
   */
  @Test
  void f28JobIsCancelled() throws Exception {
    RunConfig config = cluster.config("f28b").checkpointEvery(0).build();
    Running run = cluster.begin(config);
    await("some work", () -> cluster.faults().workDone() > NEEDED / 4);
    cluster.session().sparkContext().cancelAllJobs();
    assertThatExceptionOfType(RunFailedException.class).isThrownBy(run::outcome);
    assertThat(TestRuns.manifest(folder.resolve("f28b")).isComplete()).isFalse();
    // All that was computed is saved and committed.
    finish("f28 cancelled", "f28b", cluster.begin(config), 0);
  }

  /** One range is saved to its end, and its task still has another one to do. */
  @Test
  void f12ExecutorDiesAfterSavingAndBeforeItsTaskEnds() throws Exception {
    Running run = cluster.begin(cluster.config("f12").build());
    String lastOfFirstRange = "r000000000000-000000000004.s00000400";
    await(
        "the first range's last state",
        () -> cluster.saved("f12").stream().anyMatch(name -> name.startsWith(lastOfFirstRange)));
    for (String host : HOSTS) {
      cluster.executor(host).destroyForcibly();
    }
    finish("f12", run);
    assertThat(
            cluster.saved("f12").stream().filter(name -> name.startsWith(lastOfFirstRange)).count())
        .as("the range that was done is not done again")
        .isEqualTo(1);
  }

  /** A device that the user insists on is lost: only another process can use it again. */
  @Test
  void f19ExecutorLosesItsDevice() throws Exception {
    Running run = cluster.begin(cluster.config("f19").build());
    cluster.awaitSaved("f19", 4);
    ProcessHandle executor = cluster.busyExecutor(HOSTS[0]);
    cluster.faults().set(ProbeBackend.on(ProbeBackend.LOSE, HOSTS[0]), 1);
    await("the end of the executor", () -> !executor.isAlive());
    finish("f19", run);
  }

  /**
   * Kills at random moments, one a run, since the others go on and what they have not saved yet is
   * not lost; Spark may try the other executor's task anew as well.
   */
  @Seeded
  void f1ExecutorsAreKilledAnywhere(SplittableRandom random) throws Exception {
    int killed = 0;
    long repeated = 0;
    long most = 0;
    StringBuilder moments = new StringBuilder();
    for (int run = 0; killed < KILLS; run++) {
      forgetFaults();
      String name = "killed" + run;
      Running running = cluster.begin(cluster.config(name).build());
      String host = HOSTS[random.nextInt(HOSTS.length)];
      long at = random.nextLong(NEEDED);
      await(
          "work",
          () -> running.isOver() || cluster.faults().workDone() >= at && cluster.isBusy(host));
      boolean kills = !running.isOver() && cluster.executor(host).destroyForcibly();
      if (kills) {
        killed++;
        moments.append(' ').append(at);
      }
      long cost = finish(name, running, kills ? LOSS : 0);
      repeated += cost;
      most = Math.max(most, cost);
    }
    Measured.print(
        "%d kills of executors, after sample-steps%s, repeated %d sample-steps, one kill at most %d; all hashes equal"
            .formatted(killed, moments, repeated, most));
  }

  /** A copy of a task that lags behind goes on from what the slow one has saved, and wins. */
  @Test
  void f11SlowTaskGetsACopy() throws Exception {
    SparkSession session =
        cluster.session(
            Map.of(
                "spark.speculation", "true",
                "spark.speculation.interval", "100ms",
                "spark.speculation.quantile", "0.3",
                "spark.speculation.multiplier", "1.1",
                // All input lies on one host, but both shall begin at once.
                "spark.locality.wait", "0s"));
    try {
      slowTaskGetsACopy(session);
    } finally {
      cluster.session(Map.of());
    }
  }

  private void slowTaskGetsACopy(SparkSession session) throws Exception {
    AtomicInteger copies = new AtomicInteger();
    AtomicLong bound = new AtomicLong();
    session
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskStart(SparkListenerTaskStart started) {
                if (started.taskInfo().speculative()) {
                  copies.incrementAndGet();
                  // Spark tells it a moment later, when another state may have been saved.
                  bound.addAndGet(notSaved("f11", started.taskInfo().index()) + EVERY * RANGE);
                }
              }
            });
    forgetFaults();
    Running run = cluster.begin(cluster.config("f11").build());
    // A copy that begins when little is saved may repeat nearly all, which no bound could tell.
    cluster.awaitSaved("f11", 10);
    cluster.faults().set(ProbeBackend.on(ProbeBackend.MILLIS, HOSTS[1]), 500);
    assertThat(run.outcome().exitCode()).isZero();
    assertThat(copies.get()).as("speculative tasks").isPositive();
    long repeated = cluster.faults().workDone() - NEEDED;
    Measured.print("f11, %d copies".formatted(copies.get()), repeated, bound.get(), NEEDED);
    assertThat(repeated).isBetween(0L, bound.get());
    // The slower ones may have been saving while the run ended.
    for (String host : HOSTS) {
      await("the end of all tasks", () -> !cluster.isBusy(host));
    }
    assertWholeOnceCollected("f11");
  }

  /** Steps of samples that no saved state of a task's ranges has done. */
  private static long notSaved(String name, int task) {
    int[] ranges = new RangePartitioner(IntStream.range(0, RANGES).toArray(), TASKS).ranges(task);
    long steps = 0;
    for (int range : ranges) {
      String prefix = "r%012d-".formatted(range * RANGE);
      long done =
          cluster.saved(name).stream()
              .filter(file -> file.startsWith(prefix))
              .mapToLong(file -> RangeFileName.parse(file).orElseThrow().step())
              .max()
              .orElse(0);
      steps += (STEPS - done) * Math.min(RANGE, TestRuns.SAMPLES - range * RANGE);
    }
    return steps;
  }

  /** The last test: a worker and the master die; what is left finishes the run. */
  @Test
  @Order(Integer.MAX_VALUE)
  void f4WorkerAndMasterAreKilled() throws Exception {
    Running run = cluster.begin(cluster.config("f4").build());
    cluster.awaitSaved("f4", 5);
    cluster.daemons().killWorker(HOSTS[1]);
    cluster.awaitSaved("f4", 12);
    cluster.daemons().killMaster();
    finish("f4", run);
  }
}
