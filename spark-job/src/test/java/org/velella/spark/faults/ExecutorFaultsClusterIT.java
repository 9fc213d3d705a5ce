package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.spark.faults.FaultCluster.HOSTS;
import static org.velella.spark.faults.FaultCluster.NEEDED;
import static org.velella.spark.faults.FaultCluster.RANGE;
import static org.velella.spark.faults.FaultCluster.await;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.velella.spark.faults.FaultCluster.Running;
import org.velella.testkit.Seeded;

/** Executors and daemons that die while the driver lives. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExecutorFaultsClusterIT extends DisturbedExecutors {
  /** Random kills; {@code -Dvelella.kills=20} is the full set. */
  private static final int KILLS = Integer.getInteger("velella.kills", 2);

  @Test
  void f1ExecutorIsKilled() throws Exception {
    Running run = cluster.begin(cluster.config("f1").build());
    cluster.awaitSaved("f1", 5);
    cluster.busyExecutor(HOSTS[0]).destroyForcibly();
    finish("f1", run);
  }

  /**
   * Whole ranges do not fit in the heap of one host: Spark's executors then end themselves with
   * code 52, again and again; only smaller tiles bring a task to its end there.
   */
  @Test
  void f16ExecutorRunsOutOfMemory() throws Exception {
    // Long enough for Spark to use both hosts, though all input lies on one.
    cluster.faults().set(ProbeBackend.MILLIS, 60);
    List<String> ends = new CopyOnWriteArrayList<>();
    cluster
        .session()
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                ends.add(removed.reason());
              }
            });
    Running run = cluster.begin(cluster.config("f16").tileSize(RANGE).build());
    cluster.awaitSaved("f16", 4);
    ProcessHandle executor = cluster.busyExecutor(HOSTS[1]);
    cluster.faults().set(ProbeBackend.on(ProbeBackend.HEAP, HOSTS[1]), RANGE);
    await("the end of the executor", () -> !executor.isAlive());
    assertThat(run.outcome().exitCode()).isZero();
    int lost = Math.max(1, cluster.faults().processes() - HOSTS.length);
    finish("f16, %d executors lost".formatted(lost), "f16", run, lost * LOSS);
    assertThat(cluster.daemons().logs()).contains("OutOfMemoryError");
    // On a busy machine the driver may give up another one before it hears of its end.
    await(
        "word of an executor that ended itself for want of memory",
        () -> ends.stream().anyMatch(reason -> reason.contains("exited with code 52")));
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
