package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CommitFailedException;
import org.velella.spark.DriverProcess;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.RunHash;
import org.velella.testkit.Seeded;

/** Drivers that are killed from outside, and drivers that get in each other's way. */
class KilledDriverIT {
  private static final int STEPS = 1000;
  private static final int EVERY = 200;
  private static final int ROUNDS = 3;
  private static final int MOST_MILLIS = 3000;

  /** 30 chunks on two threads take 12 seconds: the last round too is killed before it ends. */
  private static final int CHUNK_MILLIS = 800;

  private static final String RECORD = "spikes,v:readout";

  @TempDir Path folder;

  private DriverProcess driver(String output, long chunkMillis) throws IOException {
    return DriverProcess.start(folder, output, STEPS, EVERY, RECORD, chunkMillis);
  }

  /**
   * A driver is killed, started again by the same command, killed again. After every death, the run
   * can be resumed on any number of partitions, with the results of one that nobody disturbed.
   */
  @Seeded
  void killedDriversLoseNothing(SplittableRandom random) throws Exception {
    Path whole = folder.resolve("whole");
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", STEPS).checkpointEvery(EVERY).record(RECORD).build());
    List<String> spikes = TestRuns.spikes(TestSpark.session(), whole);
    List<String> traces = TestRuns.traces(TestSpark.session(), whole);
    assertThat(spikes).isNotEmpty();
    assertThat(traces).hasSize(TestRuns.SAMPLES * STEPS);

    for (int round = 0; round < ROUNDS; round++) {
      boolean killed = driver("killed", CHUNK_MILLIS).killAfter(random.nextInt(MOST_MILLIS));
      assertThat(killed).isTrue();
      int[] all = {1, 2, 3, 7};
      int[] one = {all[random.nextInt(all.length)]};
      for (int partitions : round == 0 ? all : one) {
        Path copy = folder.resolve("round" + round + "on" + partitions);
        TestRuns.copy(folder.resolve("killed"), copy);
        RunOutcome outcome =
            ResumeJob.run(
                TestSpark.session(),
                ResumeConfig.builder(copy.toString())
                    .partitions(partitions)
                    .backend("scalar")
                    .build());
        assertThat(outcome.steps()).isEqualTo(STEPS);
        TestRuns.assertSameRun(whole, copy);
        assertThat(RunHash.of(copy)).isEqualTo(RunHash.of(whole));
        assertThat(RunHash.orphans(copy)).isEmpty();
        assertThat(TestRuns.spikes(TestSpark.session(), copy)).isEqualTo(spikes);
        assertThat(TestRuns.traces(TestSpark.session(), copy)).isEqualTo(traces);
      }
    }
  }

  /** Whoever comes second is sent away and harms nothing; once the first is dead, it may go on. */
  @Test
  void secondDriverIsSentAwayWhileTheFirstLives() throws Exception {
    DriverProcess first = driver("run", 1000);
    String run = folder.resolve("run").toString();
    ResumeConfig second = ResumeConfig.builder(run).backend("scalar").build();
    try {
      assertThatExceptionOfType(CommitFailedException.class)
          .isThrownBy(() -> ResumeJob.run(TestSpark.session(), second))
          .withMessageContainingAll("Another driver works on", run, "process ");
    } finally {
      assertThat(first.killAfter(0)).isTrue();
    }
    RunOutcome outcome = ResumeJob.run(TestSpark.session(), second);
    assertThat(outcome.exitCode()).isZero();
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", STEPS).checkpointEvery(EVERY).record(RECORD).build());
    assertThat(RunHash.of(Path.of(run))).isEqualTo(RunHash.of(folder.resolve("whole")));
    assertThat(RunHash.orphans(Path.of(run))).isEmpty();
  }
}
