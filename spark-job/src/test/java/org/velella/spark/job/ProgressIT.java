package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeState;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;

/** What is told of a run's progress is what its checkpoint holds. */
class ProgressIT {
  private static final int STEPS = 60;
  private static final int TRIALS = 6;
  private static final String SPACE = "{\"product\": [\"hidden.tau=0.001:0.003:6\"]}";

  @TempDir Path folder;

  private final List<RunProgress> told = new ArrayList<>();
  private final List<Map<String, Number>> gauges = new ArrayList<>();
  private final RunListener listener =
      new RunListener() {
        @Override
        public void progress(RunProgress progress) {
          told.add(progress);
          gauges.add(metrics());
        }
      };

  @AfterEach
  void noFaults() {
    FaultyBackend.failNever();
  }

  /** What Spark's metrics show of us now, by name. */
  private static Map<String, Number> metrics() {
    Map<String, Number> values = new TreeMap<>();
    scala.collection.Iterator<Source> sources =
        SparkEnv.get().metricsSystem().getSourcesByName(RunMetrics.NAME).iterator();
    while (sources.hasNext()) {
      sources
          .next()
          .metricRegistry()
          .getGauges()
          .forEach((name, gauge) -> values.put(name, (Number) ((Gauge<?>) gauge).getValue()));
    }
    return values;
  }

  /** Pairs of each trial that are saved at the last step, counted one by one. */
  private Map<Long, Integer> samplesAtTheEnd(Path run) {
    Map<Long, Integer> byTrial = new TreeMap<>();
    for (RangeState state : TestRuns.states(run)) {
      for (long trial : state.accumulators().get("trial_id").longs()) {
        byTrial.merge(trial, state.step() == STEPS ? 1 : 0, Integer::sum);
      }
    }
    return byTrial;
  }

  /** Three ranges of each trial; one task, which breaks in the second range of the second trial. */
  @Test
  void trialsAreCountedByWhatIsCommitted() {
    RunConfig.Builder sweep = TestRuns.config(folder, "run", STEPS).space(SPACE).rangeSize(10);
    Path run = folder.resolve("run");
    FaultyBackend.failAfter(40);
    assertThatThrownBy(
            () ->
                SimulateJob.run(
                    TestSpark.session(),
                    sweep.backend(FaultyBackend.NAME).partitions(1).checkpointEvery(20).build(),
                    listener))
        .isInstanceOf(RunFailedException.class);
    RunProgress broken = told.get(told.size() - 1);
    long whole = samplesAtTheEnd(run).values().stream().filter(n -> n == TestRuns.SAMPLES).count();
    assertThat(broken.work().done()).isEqualTo(whole).isEqualTo(1);
    assertThat(broken.work().unit()).isEqualTo("trials");
    assertThat(broken.work().all()).isEqualTo(TRIALS);
    assertThat(broken.remaining()).isEqualTo(TRIALS - whole);
    assertThat(broken.sampleSteps()).isEqualTo((long) TRIALS * TestRuns.SAMPLES * STEPS);
    assertThat(broken.sampleStepsDone()).isEqualTo(pairSteps(run));
    assertThat(TestRuns.status(run))
        .contains("\"trials\":6", "\"trials_done\":" + whole, "\"failures\":0");

    SimulateJob.run(TestSpark.session(), sweep.backend("scalar").build(), listener);
    RunProgress end = told.get(told.size() - 1);
    assertThat(end.work()).isEqualTo(new RunProgress.Work("trials", TRIALS, TRIALS, whole, 0));
    assertThat(end.sampleStepsDone()).isEqualTo(end.sampleSteps());
    assertThat(end.secondsLeft()).isZero();
    assertThat(gauges.get(gauges.size() - 1))
        .containsEntry("trials.total", (long) TRIALS)
        .containsEntry("trials.done", (long) TRIALS)
        .containsEntry("trials.remaining", 0L)
        .containsEntry("failures", 0L)
        .containsEntry("sample_steps.done", end.sampleSteps())
        .containsEntry("seconds_left", 0.0)
        .containsKeys("trials.per_second", "sample_steps.per_second", "sample_steps.total");
    assertThat(gauges.get(0)).containsEntry("trials.done", told.get(0).work().done());
    assertThat(metrics()).as("metrics after the run").isEmpty();
  }

  private static long pairSteps(Path run) {
    return TestRuns.states(run).stream()
        .mapToLong(state -> state.sampleIds().longs().length * state.step())
        .sum();
  }

  @Test
  void anyOtherRunCountsSamples() {
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "run", STEPS).build(), listener);
    RunProgress end = told.get(told.size() - 1);
    assertThat(end.work())
        .isEqualTo(new RunProgress.Work("samples", TestRuns.SAMPLES, TestRuns.SAMPLES, 0, 0));
    assertThat(gauges.get(gauges.size() - 1))
        .containsEntry("samples.done", (long) TestRuns.SAMPLES);
  }
}
