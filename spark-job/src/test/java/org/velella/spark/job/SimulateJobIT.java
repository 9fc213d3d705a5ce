package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;

class SimulateJobIT {
  private static final int STEPS = 300;

  @TempDir Path folder;

  @BeforeEach
  void noFaults() {
    FaultyBackend.failNever();
  }

  @Test
  void givesWhatTheEngineGivesForAllSamplesAtOnce() throws IOException {
    RunConfig config =
        TestRuns.config(folder, "run", STEPS)
            .record("spikes,v:readout")
            .checkpointEvery(100)
            .build();
    RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
    assertThat(outcome.samples()).isEqualTo(TestRuns.SAMPLES);
    assertThat(outcome.failed()).isZero();
    assertThat(outcome.exitCode()).isZero();

    Network network = NetworkSource.read(config.network(), "norse", 1e-4);
    Recorded recorded = new Recorded();
    TileState end = simulateAtOnce(network, recorded);

    Path run = folder.resolve("run");
    assertThat(TestRuns.spikes(TestSpark.session(), run))
        .isEqualTo(recorded.spikes.stream().sorted().toList())
        .hasSizeGreaterThan(1000);
    assertThat(TestRuns.traces(TestSpark.session(), run))
        .hasSize(TestRuns.SAMPLES * STEPS)
        .isEqualTo(recorded.traces.stream().sorted().toList());
    List<Row> rows =
        RunTables.open(TestSpark.session(), config.output())
            .results()
            .sort("sample_id")
            .collectAsList();
    assertThat(rows).hasSize(TestRuns.SAMPLES);
    for (int n = 0; n < rows.size(); n++) {
      assertResult(rows.get(n), n, end);
    }
    assertThat(rows.stream().filter(row -> row.isNullAt(4)).count()).isBetween(1L, 22L);
    try (Stream<Path> left = Files.list(run.resolve("_attempts/spikes"))) {
      assertThat(left).isEmpty();
    }
  }

  /** Tasks save on their way: no step is waited for, and no interval is a job of its own. */
  @Test
  void oneJobSimulatesHoweverManyIntervals() {
    int whole = jobsOf(TestRuns.config(folder, "whole", 40).checkpointEvery(0));
    int cut = jobsOf(TestRuns.config(folder, "cut", 40).checkpointEvery(1));
    assertThat(cut).isEqualTo(whole).isBetween(1, 3);
  }

  /** Spark numbers jobs in the order in which they begin. */
  private static int jobsOf(RunConfig.Builder config) {
    int before = nextJob();
    SimulateJob.run(TestSpark.session(), config.build());
    return nextJob() - before - 1;
  }

  private static int nextJob() {
    return JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext())
        .parallelize(List.of(1))
        .collectAsync()
        .jobIds()
        .get(0);
  }

  private static void assertResult(Row row, int sample, TileState end) {
    int[] counts = end.spikeCounts().rows(sample, sample + 1).ints();
    int[] first = end.firstSpikeStep().rows(sample, sample + 1).ints();
    assertThat(row.getLong(0)).isZero();
    assertThat(row.getLong(1)).isEqualTo(sample);
    assertThat(row.<Integer>getList(2)).containsExactlyElementsOf(boxed(counts));
    assertThat(row.<Integer>getList(3)).containsExactlyElementsOf(boxed(first));
    assertThat(row.getLong(5)).isEqualTo(STEPS);
    int most = Arrays.stream(counts).max().orElseThrow();
    if (most == 0) {
      assertThat(row.isNullAt(4)).isTrue();
    } else {
      int prediction = row.getInt(4);
      assertThat(counts[prediction]).isEqualTo(most);
      assertThat(Arrays.copyOf(counts, prediction)).doesNotContain(most);
    }
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static TileState simulateAtOnce(Network network, RecordSink sink) {
    float[] input = new float[STEPS * TestRuns.SAMPLES * TestNetwork.INPUTS];
    for (int[] event : TestRuns.eventRows(1000)) {
      if (event[1] < STEPS) {
        input[(event[1] * TestRuns.SAMPLES + event[0]) * TestNetwork.INPUTS + event[2]]++;
      }
    }
    int width = TestRuns.SAMPLES * TestNetwork.INPUTS;
    TileInput tile =
        (first, steps, target) ->
            System.arraycopy(input, (int) first * width, target, 0, steps * width);
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().named("scalar"),
            Probes.parse("spikes,v:readout", network),
            SimulatorOptions.DEFAULT)) {
      TileState start = simulator.initial(TestRuns.SAMPLES, TileParameters.NONE);
      return simulator.run(start, tile, STEPS, TileParameters.NONE, sink);
    }
  }

  /** Rows as the tables show them. */
  private static final class Recorded implements RecordSink {
    private final List<String> spikes = new ArrayList<>();
    private final List<String> traces = new ArrayList<>();

    @Override
    public void spikes(String node, int sample, long step, int neuron, int count) {
      for (int i = 0; i < count; i++) {
        spikes.add(
            "{\"trial_id\":0,\"sample_id\":%d,\"node\":\"%s\",\"step\":%d,\"neuron\":%d}"
                .formatted(sample, node, step, neuron));
      }
    }

    @Override
    public void trace(
        String node,
        String variable,
        int sample,
        long step,
        float[] values,
        int offset,
        int length) {
      List<String> texts = new ArrayList<>();
      for (int i = offset; i < offset + length; i++) {
        texts.add(Float.toString(values[i]));
      }
      traces.add(
          "{\"trial_id\":0,\"sample_id\":%d,\"node\":\"%s\",\"variable\":\"%s\",\"step\":%d,"
              .formatted(sample, node, variable, step)
              .concat("\"values\":[" + String.join(",", texts) + "]}"));
    }
  }

  @Test
  void partitionsAndTilesDoNotShow() {
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "one", STEPS).record("spikes").build());
    List<String> spikes = TestRuns.spikes(TestSpark.session(), folder.resolve("one"));
    int[][] ways = {{1, 1}, {2, 5}, {3, 2}, {7, 64}};
    for (int[] way : ways) {
      String name = "p" + way[0];
      RunConfig config =
          TestRuns.config(folder, name, STEPS)
              .record("spikes")
              .partitions(way[0])
              .tileSize(way[1])
              .checkpointEvery(way[0] == 7 ? Manner.AUTO : 50L * way[0])
              .build();
      SimulateJob.run(TestSpark.session(), config);
      TestRuns.assertSameRun(folder.resolve("one"), folder.resolve(name));
      assertThat(TestRuns.spikes(TestSpark.session(), folder.resolve(name))).isEqualTo(spikes);
    }
  }

  @Test
  void sameCommandAgainComputesNothing() {
    RunConfig.Builder config = TestRuns.config(folder, "run", STEPS).record("spikes");
    RunOutcome first = SimulateJob.run(TestSpark.session(), config.build());
    FaultyBackend.failAfter(0);
    RunOutcome again =
        SimulateJob.run(TestSpark.session(), config.backend(FaultyBackend.NAME).build());
    assertThat(again.samples()).isEqualTo(first.samples());
    assertThat(again.exitCode()).isEqualTo(first.exitCode());
  }
}
