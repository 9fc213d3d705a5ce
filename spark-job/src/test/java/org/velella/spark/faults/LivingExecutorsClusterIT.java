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

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.RangeFileName;
import org.velella.spark.TestRuns;
import org.velella.spark.faults.FaultCluster.Running;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunFailedException;

/**
 * Executors that live, though the driver waits for them no more: asleep, cut off, slow, out of
 * service, or told to stop.
 */
class LivingExecutorsClusterIT extends DisturbedExecutors {
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
}
