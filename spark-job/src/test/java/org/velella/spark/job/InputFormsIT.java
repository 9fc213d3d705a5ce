package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The same data in every form gives the same run. */
class InputFormsIT {
  private static final int STEPS = 60;
  private static final int[][][] EVENTS = TestTables.eventsOfSamples(STEPS);
  private static final float[][] VALUES = TestTables.valuesOfSamples(STEPS);

  @TempDir static Path folder;
  private static Path expected;

  @BeforeAll
  static void runOnEventTable() {
    expected = folder.resolve("expected");
    RunConfig config =
        TestRuns.config(folder, "expected", STEPS)
            .input(TestRuns.events(folder, STEPS).toString())
            .build();
    SimulateJob.run(TestSpark.session(), config);
  }

  private void givesTheSame(String name, String input) {
    RunConfig.Builder config = TestRuns.config(folder, name, STEPS).input(input);
    RunOutcome outcome = SimulateJob.run(TestSpark.session(), config.build());
    assertThat(outcome.exitCode()).isZero();
    TestRuns.assertSameRun(expected, folder.resolve(name));
  }

  @Test
  void npySeries() {
    float[] all = new float[STEPS * TestRuns.SAMPLES * TestNetwork.INPUTS];
    for (int t = 0; t < STEPS; t++) {
      for (int n = 0; n < TestRuns.SAMPLES; n++) {
        int frame = (t * TestRuns.SAMPLES + n) * TestNetwork.INPUTS;
        System.arraycopy(VALUES[n], t * TestNetwork.INPUTS, all, frame, TestNetwork.INPUTS);
      }
    }
    Shape shape = Shape.of(STEPS, TestRuns.SAMPLES, TestNetwork.INPUTS);
    Path file = TestRuns.write(folder.resolve("series.npy"), Tensor.of(shape, all));
    givesTheSame("npy-series", file.toString());
  }

  private static List<Row> eventRows() {
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < EVENTS.length; n++) {
      rows.add(TestTables.events((long) n, EVENTS[n]));
    }
    return rows;
  }

  private static List<Row> valueRows() {
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < VALUES.length; n++) {
      rows.add(TestTables.values((long) n, VALUES[n]));
    }
    return rows;
  }

  @Test
  void parquetEventsInSeveralFilesInAnyOrder() {
    Path table = folder.resolve("events.parquet");
    givesTheSame("parquet-events", TestTables.parquet(table, TestTables.EVENTS, eventRows(), 4));
  }

  @Test
  void parquetValuesInSeveralFilesInAnyOrder() {
    Path table = folder.resolve("values-in-files");
    String path = TestTables.parquet(table, TestTables.VALUES, valueRows(), 3);
    givesTheSame("parquet-values", path);
    givesTheSame("parquet-files-by-pattern", path + "/*.parquet");
  }

  @Test
  void parquetBytes() {
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < VALUES.length; n++) {
      rows.add(RowFactory.create(n, TestTables.littleEndian(VALUES[n])));
    }
    Path table = folder.resolve("bytes.parquet");
    givesTheSame("bytes", TestTables.parquet(table, "sample_id INT, input BINARY", rows, 2));
  }

  @Test
  void json() {
    Dataset<Row> events = TestTables.table(TestTables.EVENTS, eventRows());
    givesTheSame("json-e", TestTables.write(events, "json", folder.resolve("events.json")));
    Dataset<Row> values = TestTables.table(TestTables.VALUES, valueRows());
    givesTheSame("json-v", TestTables.write(values, "json", folder.resolve("values.jsonl")));
  }

  /** The files are written by hand, as other programs do. */
  @Test
  void csv() throws IOException {
    List<String> values = new ArrayList<>(List.of("sample_id,input"));
    List<String> events = new ArrayList<>(List.of("events,comment,sample_id"));
    for (int n = VALUES.length - 1; n >= 0; n--) {
      values.add(n + ",\"" + Arrays.toString(VALUES[n]) + "\"");
      String list =
          Arrays.stream(EVENTS[n])
              .map(event -> "{\"\"step\"\":%d,\"\"index\"\":%d}".formatted(event[0], event[1]))
              .collect(Collectors.joining(","));
      events.add("\"[" + list + "]\",\"a, b\"," + n);
    }
    givesTheSame("csv-v", Files.write(folder.resolve("values.csv"), values).toString());
    givesTheSame("csv-e", Files.write(folder.resolve("events.csv"), events).toString());
  }

  /** Ids only name the samples: results keep their order, and no id is too odd. */
  @Test
  void anyIds() {
    long[] ids = new long[TestRuns.SAMPLES];
    Arrays.setAll(ids, n -> (n - 9L) * 700_000_000_000_000_000L / 2 + n);
    ids[0] = Long.MIN_VALUE;
    ids[1] = Long.MIN_VALUE + 1;
    ids[22] = Long.MAX_VALUE;
    assertIds("odd", ids);
    Arrays.setAll(ids, n -> n - 100L);
    assertIds("negative", ids);
    Arrays.setAll(ids, n -> Long.MAX_VALUE - 22 + n);
    assertIds("last", ids);
    Arrays.setAll(ids, n -> n);
    ids[22] = Long.MAX_VALUE;
    assertIds("far", ids);
  }

  private void assertIds(String name, long[] ids) {
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < ids.length; n++) {
      rows.add(TestTables.events(ids[n], EVENTS[n]));
    }
    String table =
        TestTables.parquet(folder.resolve(name + ".parquet"), TestTables.EVENTS, rows, 3);
    RunConfig config = TestRuns.config(folder, name, STEPS).input(table).partitions(3).build();
    assertThat(SimulateJob.run(TestSpark.session(), config).samples()).isEqualTo(ids.length);
    List<Row> results = results(folder.resolve(name));
    List<Row> plain = results(expected);
    assertThat(results).hasSameSizeAs(plain);
    for (int n = 0; n < ids.length; n++) {
      assertThat(results.get(n).getLong(1)).isEqualTo(ids[n]);
      assertThat(results.get(n).<Integer>getList(2)).isEqualTo(plain.get(n).<Integer>getList(2));
      assertThat(results.get(n).<Integer>getList(3)).isEqualTo(plain.get(n).<Integer>getList(3));
    }
  }

  private static List<Row> results(Path run) {
    return RunTables.open(TestSpark.session(), run.toString())
        .results()
        .sort("sample_id")
        .collectAsList();
  }

  @Test
  void valuesOfOneStepAreHeld() {
    float[] held = new float[TestRuns.SAMPLES * TestNetwork.INPUTS];
    for (int i = 0; i < held.length; i++) {
      held[i] = (i * 37 % 101) / 100f - 0.2f;
    }
    Shape shape = Shape.of(TestRuns.SAMPLES, TestNetwork.INPUTS);
    Path npy = TestRuns.write(folder.resolve("held.npy"), Tensor.of(shape, held));
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < TestRuns.SAMPLES; n++) {
      int from = n * TestNetwork.INPUTS;
      rows.add(
          TestTables.values((long) n, Arrays.copyOfRange(held, from, from + TestNetwork.INPUTS)));
    }
    String table = TestTables.parquet(folder.resolve("held.parquet"), TestTables.VALUES, rows, 2);
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "npy", STEPS).input(npy.toString()).build());
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "table", STEPS).input(table).build());
    TestRuns.assertSameRun(folder.resolve("npy"), folder.resolve("table"));

    TileState end = atOnce(held);
    List<Row> results = results(folder.resolve("npy"));
    long spikes = 0;
    for (int n = 0; n < TestRuns.SAMPLES; n++) {
      int[] counts = end.spikeCounts().rows(n, n + 1).ints();
      spikes += Arrays.stream(counts).sum();
      assertThat(results.get(n).<Integer>getList(2))
          .containsExactlyElementsOf(Arrays.stream(counts).boxed().toList());
    }
    assertThat(spikes).isPositive();
  }

  private TileState atOnce(float[] held) {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().named("scalar"),
            Probes.parse("", network),
            SimulatorOptions.DEFAULT)) {
      return simulator.run(
          simulator.initial(TestRuns.SAMPLES, TileParameters.NONE),
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              System.arraycopy(held, 0, target, t * held.length, held.length);
            }
          },
          STEPS,
          TileParameters.NONE,
          RecordSink.NONE);
    }
  }

  /** Input beyond the last step is told, not dropped in silence; a longer run reaches it. */
  @Test
  void eventsBeyondTheLastStepAreTold() {
    long beyond = Arrays.stream(TestRuns.eventRows(STEPS)).filter(row -> row[1] >= 40).count();
    Path table = folder.resolve("beyond.parquet");
    String input = TestTables.parquet(table, TestTables.EVENTS, eventRows(), 2);
    List<String> messages = new ArrayList<>();
    RunConfig.Builder config = TestRuns.config(folder, "beyond", 40).input(input);
    SimulateJob.run(TestSpark.session(), config.build(), TestRuns.collecting(messages));
    String told = beyond + " events lie at step 40 or later and were not reached";
    assertThat(messages).contains(told);
    assertThat(TestRuns.status(folder.resolve("beyond")))
        .contains("of what this call has simulated, " + told);
    messages.clear();
    SimulateJob.run(
        TestSpark.session(), config.steps(STEPS).build(), TestRuns.collecting(messages));
    assertThat(messages).noneMatch(message -> message.contains("not reached"));
    TestRuns.assertSameRun(expected, folder.resolve("beyond"));
  }
}
