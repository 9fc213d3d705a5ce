package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.spark.faults.FaultCluster.EVERY;
import static org.velella.spark.faults.FaultCluster.HOSTS;
import static org.velella.spark.faults.FaultCluster.NEEDED;
import static org.velella.spark.faults.FaultCluster.RANGE;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.faults.FaultCluster.Running;
import org.velella.spark.job.RunCleaning;
import org.velella.spark.job.RunListener;

/**
 * What tests of executors share: a cluster of their class, and how runs that were disturbed must
 * end. Whatever happens, the run ends with the undisturbed hash, Spark stays usable, and little
 * work is repeated.
 */
abstract class DisturbedExecutors {
  /**
   * What a lost executor may cost: of its range one interval, and the one being written; and as
   * much of the other executor's, whose task Spark tries anew if what was shuffled is lost.
   */
  static final long LOSS = 2L * 2 * EVERY * RANGE;

  @TempDir static Path folder;

  static FaultCluster cluster;
  static String expected;

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
  static void finish(String name, Running run) throws InterruptedException {
    finish(name, run, LOSS);
  }

  /** Ends a run well and gives the work that it has repeated, which has a bound. */
  static long finish(String name, Running run, long bound) throws InterruptedException {
    return finish(name, name, run, bound);
  }

  static long finish(String what, String name, Running run, long bound)
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

  /** Of a run whose last writers have ended, for nobody else removes what they saved late. */
  static void assertWholeOnceCollected(String name) {
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    String run = folder.resolve(name).toString();
    RunCleaning.clean(run, 3, Duration.ofMillis(-1000), RunListener.SILENT);
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(RunHash.orphans(folder.resolve(name))).isEmpty();
    assertThat(cluster.session().sparkContext().isStopped()).isFalse();
  }
}
