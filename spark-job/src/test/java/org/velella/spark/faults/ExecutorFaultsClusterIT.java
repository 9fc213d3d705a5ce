package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.spark.faults.FaultCluster.EVERY;
import static org.velella.spark.faults.FaultCluster.HOSTS;
import static org.velella.spark.faults.FaultCluster.NEEDED;
import static org.velella.spark.faults.FaultCluster.RANGE;
import static org.velella.spark.faults.FaultCluster.await;
import static org.velella.spark.faults.FaultCluster.signal;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.faults.FaultCluster.Running;

/**
 * Executors and daemons that die, stop, or lag behind while the driver lives. Whatever happens, the
 * run ends with the undisturbed hash, Spark stays usable, and little work is repeated.
 */
class ExecutorFaultsClusterIT {
  /** The most that one lost range may repeat: one interval, and the one being written. */
  private static final long LOSS = 2L * EVERY * RANGE;

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

  /** Ends a run well and gives the work that it has repeated. */
  private static long finish(String name, Running run, int lostRanges) throws InterruptedException {
    assertThat(run.outcome().exitCode()).isZero();
    long repeated = cluster.faults().workDone() - NEEDED;
    Measured.print(name, repeated, lostRanges * LOSS, NEEDED);
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(cluster.session().sparkContext().isStopped()).isFalse();
    assertThat(repeated).isBetween(0L, lostRanges * LOSS);
    return repeated;
  }

  @Test
  void f1ExecutorIsKilled() throws Exception {
    Running run = cluster.begin(cluster.config("f1").build());
    cluster.awaitSaved("f1", 5);
    cluster.executor(HOSTS[0]).destroyForcibly();
    finish("f1", run, 1);
  }

  /** Spark gives its task to another; then it wakes up and goes on writing. */
  @Test
  void f3ExecutorSleepsAndWakes() throws Exception {
    Running run = cluster.begin(cluster.config("f3").build());
    cluster.awaitSaved("f3", 5);
    ProcessHandle zombie = cluster.executor(HOSTS[0]);
    signal("STOP", zombie);
    try {
      Thread.sleep(9_000);
    } finally {
      signal("CONT", zombie);
    }
    finish("f3", run, 1);
    await("the end of the executor that was given up", () -> !zombie.isAlive());
  }

  /** The heap is full: Spark's executors then end themselves with code 52. */
  @Test
  void f16ExecutorRunsOutOfMemory() throws Exception {
    Running run = cluster.begin(cluster.config("f16").build());
    cluster.awaitSaved("f16", 4);
    ProcessHandle executor = cluster.executor(HOSTS[1]);
    cluster.faults().set(ProbeBackend.on(ProbeBackend.HEAP, HOSTS[1]), 1);
    await("the end of the executor", () -> !executor.isAlive());
    finish("f16", run, 1);
    assertThat(cluster.daemons().logs()).contains("OutOfMemoryError");
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
    finish("f12", run, 2);
    assertThat(
            cluster.saved("f12").stream().filter(name -> name.startsWith(lastOfFirstRange)).count())
        .as("the range that was done is not done again")
        .isEqualTo(1);
  }
}
