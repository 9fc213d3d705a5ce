package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A bad sample goes to failures with its reason; the others are simulated as without it. */
class FailedSamplesIT {
  private static final int STEPS = 40;
  private static final float NAN = Float.NaN;

  @TempDir static Path folder;

  private static Map<Long, List<Integer>> clean;

  @BeforeAll
  static void runWithoutBadSamples() {
    RunConfig config =
        TestRuns.config(folder, "clean", STEPS)
            .input(TestRuns.events(folder, STEPS).toString())
            .build();
    SimulateJob.run(TestSpark.session(), config);
    clean = counts("clean");
  }

  private static Map<Long, List<Integer>> counts(String run) {
    Map<Long, List<Integer>> counts = new TreeMap<>();
    for (Row row : tables(run).results().collectAsList()) {
      assertThat(counts.put(row.getLong(1), row.getList(2))).isNull();
    }
    return counts;
  }

  private static RunTables tables(String run) {
    return RunTables.open(TestSpark.session(), folder.resolve(run).toString());
  }

  /** With --fail-fast, the same input is refused, and not even the directory is written. */
  private void refusesFast(String name, String input, long samples, String... expected) {
    RunConfig config =
        TestRuns.config(folder, name + "fast", STEPS)
            .input(input)
            .samples(samples)
            .failFast(true)
            .build();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config))
        .withMessageContainingAll("--fail-fast", "nothing was computed")
        .satisfies(
            e -> {
              for (String one : expected) {
                String reason = one.substring(one.indexOf(' ') + 1);
                assertThat(e).hasMessageContaining("(" + reason + ")");
              }
            });
    assertThat(folder.resolve(name + "fast")).doesNotExist();
  }

  /**
   * Runs and checks that exactly the expected samples failed; with 2 partitions and with 5, since
   * which task meets a bad row must not matter.
   *
   * @param expected {@code id reason}, null as id where none is known
   */
  private void failsOnly(String name, String input, long samples, String... expected) {
    refusesFast(name, input, samples, expected);
    for (int partitions : new int[] {2, 5}) {
      String run = name + partitions;
      RunConfig config =
          TestRuns.config(folder, run, STEPS)
              .input(input)
              .samples(samples)
              .partitions(partitions)
              .build();
      RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
      List<Row> failures = tables(run).failures().collectAsList();
      assertThat(failures.stream().map(FailedSamplesIT::text)).containsExactlyInAnyOrder(expected);
      assertThat(failures).allSatisfy(row -> assertThat(row.getString(3)).isNotBlank());
      assertThat(outcome.failed()).isEqualTo(expected.length);
      assertThat(outcome.exitCode()).isEqualTo(3);
      Map<Long, List<Integer>> good = new TreeMap<>(clean);
      failures.stream().filter(row -> !row.isNullAt(1)).forEach(row -> good.remove(row.getLong(1)));
      assertThat(counts(run)).isEqualTo(good);
      assertThat(outcome.samples()).isEqualTo(good.size());
    }
  }

  private static String text(Row failure) {
    return (failure.isNullAt(1) ? "null" : failure.getLong(1)) + " " + failure.getString(2);
  }

  private static List<Row> goodValues() {
    float[][] values = TestTables.valuesOfSamples(STEPS);
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < values.length; n++) {
      rows.add(TestTables.values((long) n, values[n]));
    }
    return rows;
  }

  @Test
  void tableOfValues() {
    List<Row> rows = goodValues();
    int whole = STEPS * TestNetwork.INPUTS;
    float[] nan = new float[whole];
    nan[17] = NAN;
    float[] infinite = new float[whole];
    infinite[whole - 1] = Float.POSITIVE_INFINITY;
    Float[] hole = TestTables.boxed(new float[whole]);
    hole[3] = null;
    rows.set(1, TestTables.values(1L, nan));
    rows.set(2, TestTables.values(2L, infinite));
    rows.set(4, RowFactory.create(4L, hole));
    rows.set(7, RowFactory.create(7L, null));
    rows.set(8, TestTables.values(8L, new float[whole - 1]));
    rows.set(9, TestTables.values(9L, new float[whole - TestNetwork.INPUTS]));
    rows.set(10, TestTables.values(10L));
    rows.add(rows.get(12));
    rows.add(TestTables.values(12L, nan));
    rows.add(TestTables.values(null, new float[whole]));
    rows.add(TestTables.values(22L, new float[whole]));
    failsOnly(
        "values",
        TestTables.parquet(folder.resolve("values.parquet"), TestTables.VALUES, rows, 3),
        0,
        "1 not_finite",
        "2 not_finite",
        "4 null_value",
        "7 null_value",
        "8 wrong_length",
        "9 wrong_length",
        "10 wrong_length",
        "12 duplicate_id",
        "22 duplicate_id",
        "null no_sample_id");
  }

  @Test
  void tableOfBytes() {
    List<Row> rows = new ArrayList<>();
    float[][] values = TestTables.valuesOfSamples(STEPS);
    for (int n = 0; n < values.length; n++) {
      rows.add(RowFactory.create((long) n, TestTables.littleEndian(values[n])));
    }
    rows.set(0, RowFactory.create(0L, new byte[] {1, 2, 3}));
    rows.set(3, RowFactory.create(3L, TestTables.littleEndian(NAN, 0, 0, 0, 0, 0)));
    rows.set(
        4, RowFactory.create(4L, TestTables.littleEndian(0, 0, 0, 0, 0, Float.NEGATIVE_INFINITY)));
    rows.set(5, RowFactory.create(5L, null));
    rows.set(6, RowFactory.create(6L, TestTables.littleEndian(1, 2, 3)));
    rows.add(RowFactory.create(22L, TestTables.littleEndian(0, 0, 0, 0, 0, 0)));
    rows.add(RowFactory.create(null, TestTables.littleEndian(0, 0, 0, 0, 0, 0)));
    Path table = folder.resolve("bytes.parquet");
    failsOnly(
        "bytes",
        TestTables.parquet(table, "sample_id BIGINT, input BINARY", rows, 2),
        0,
        "0 wrong_length",
        "3 not_finite",
        "4 not_finite",
        "5 null_value",
        "6 wrong_length",
        "22 duplicate_id",
        "null no_sample_id");
  }

  /** Numbers that are finite in the table and have no finite float32. */
  @Test
  void tableOfDoubles() {
    List<Row> rows = new ArrayList<>();
    float[][] values = TestTables.valuesOfSamples(STEPS);
    for (int n = 0; n < values.length; n++) {
      Double[] wide = new Double[values[n].length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = (double) values[n][i];
      }
      if (n == 2) {
        wide[5] = 1e300;
      } else if (n == 9) {
        wide[0] = Double.NaN;
      }
      rows.add(RowFactory.create((long) n, wide));
    }
    Path table = folder.resolve("doubles.parquet");
    failsOnly(
        "doubles",
        TestTables.parquet(table, "sample_id BIGINT, input ARRAY<DOUBLE>", rows, 2),
        0,
        "2 not_finite",
        "9 not_finite");
  }

  @Test
  void tableOfEvents() {
    List<Row> rows = new ArrayList<>();
    int[][][] events = TestTables.eventsOfSamples(STEPS);
    for (int n = 0; n < events.length; n++) {
      rows.add(TestTables.events((long) n, events[n]));
    }
    rows.set(3, TestTables.events(3L, new int[][] {{-1, 0}}));
    rows.set(4, TestTables.events(4L, new int[][] {{1, 0}, {2, TestNetwork.INPUTS}}));
    rows.set(5, TestTables.events(5L, new int[][] {{1, -1}}));
    rows.set(6, RowFactory.create(6L, new Row[] {RowFactory.create(1, null)}));
    rows.set(7, RowFactory.create(7L, new Row[] {null}));
    rows.set(8, RowFactory.create(8L, null));
    rows.add(TestTables.events(22L));
    rows.add(TestTables.events(null, new int[][] {{1, 0}}));
    failsOnly(
        "events",
        TestTables.parquet(folder.resolve("events.parquet"), TestTables.EVENTS, rows, 3),
        0,
        "3 step_out_of_range",
        "4 index_out_of_range",
        "5 index_out_of_range",
        "6 null_value",
        "7 null_value",
        "8 null_value",
        "22 duplicate_id",
        "null no_sample_id");
  }

  /** One broken number makes Spark take a whole JSON column for DOUBLE; the others stay whole. */
  @Test
  void json() throws IOException {
    List<String> lines = new ArrayList<>();
    int[][][] events = TestTables.eventsOfSamples(STEPS);
    for (int n = 0; n < events.length; n++) {
      List<String> list = new ArrayList<>();
      for (int[] event : events[n]) {
        list.add("{\"step\": %d, \"index\": %d}".formatted(event[0], event[1]));
      }
      lines.add("{\"sample_id\": %d, \"events\": %s}".formatted(n, list));
    }
    lines.set(1, "{\"sample_id\": 1, \"events\": [{\"step\": 1.5, \"index\": 0}]}");
    lines.set(2, "{\"sample_id\": 2, \"events\": [{\"step\": 3, \"index\": 1e300}]}");
    lines.set(3, "{\"sample_id\": 3, \"events\": [{\"step\": 5000000000, \"index\": 0}]}");
    lines.set(4, "{\"sample_id\": 4}");
    lines.set(6, "{\"sample_id\": 6, \"events\": [{\"step\": -1, \"index\": 0}]}");
    lines.set(7, "{\"sample_id\": 7, \"events\": [{\"step\": 0, \"index\": 6}]}");
    lines.add(lines.get(8));
    lines.add("{\"sample_id\": 5.5, \"events\": []}");
    Path file = Files.write(folder.resolve("events.json"), lines);
    failsOnly(
        "json",
        file.toString(),
        0,
        "1 not_whole",
        "2 not_whole",
        "3 step_out_of_range",
        "4 null_value",
        "6 step_out_of_range",
        "7 index_out_of_range",
        "8 duplicate_id",
        "null no_sample_id");
  }

  @Test
  void csv() throws IOException {
    List<String> lines = new ArrayList<>(List.of("sample_id,input"));
    for (float[] values : TestTables.valuesOfSamples(STEPS)) {
      lines.add(lines.size() - 1 + ",\"" + Arrays.toString(values) + "\"");
    }
    lines.set(1, "0,\"[1, 2\"");
    lines.set(2, "1,\"[1, 2, NaN, 0, 0, 0]\"");
    lines.set(3, "2,");
    lines.set(4, "3,\"[1, 2, 3]\"");
    lines.set(5, "4,\"[1, 2, 3, Infinity, 5, 6]\"");
    lines.add(lines.get(23));
    lines.add("one,\"[1]\"");
    Path file = Files.write(folder.resolve("values.csv"), lines);
    failsOnly(
        "csv",
        file.toString(),
        0,
        "0 null_value",
        "1 not_finite",
        "2 null_value",
        "3 wrong_length",
        "4 not_finite",
        "22 duplicate_id",
        "null no_sample_id");
  }

  @Test
  void npyEvents() {
    List<float[]> rows = new ArrayList<>();
    for (int[] row : TestRuns.eventRows(STEPS)) {
      if (row[0] > 4) {
        rows.add(new float[] {row[0], row[1], row[2]});
      }
    }
    rows.add(0, new float[] {0, 1.5f, 2});
    rows.add(10, new float[] {1, -2, 2});
    rows.add(20, new float[] {2, 2, TestNetwork.INPUTS});
    rows.add(30, new float[] {3, NAN, 2});
    rows.add(40, new float[] {4, 3e10f, 2});
    rows.add(50, new float[] {-1, 1, 2});
    rows.add(60, new float[] {7.5f, 1, 2});
    float[] flat = new float[rows.size() * 3];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = rows.get(i / 3)[i % 3];
    }
    Path file = folder.resolve("bad.npy");
    TestRuns.write(file, Tensor.of(Shape.of(rows.size(), 3), flat));
    failsOnly(
        "npy",
        file.toString(),
        TestRuns.SAMPLES,
        "0 not_whole",
        "1 step_out_of_range",
        "2 index_out_of_range",
        "3 not_whole",
        "4 step_out_of_range",
        "null no_sample_id");
  }

  @Test
  void npyValues() {
    float[] series = new float[STEPS * TestRuns.SAMPLES * TestNetwork.INPUTS];
    float[][] values = TestTables.valuesOfSamples(STEPS);
    values[6][100] = NAN;
    values[21][0] = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < series.length; i++) {
      int frame = i / TestNetwork.INPUTS;
      series[i] =
          values[frame % TestRuns.SAMPLES][
              frame / TestRuns.SAMPLES * TestNetwork.INPUTS + i % TestNetwork.INPUTS];
    }
    Shape shape = Shape.of(STEPS, TestRuns.SAMPLES, TestNetwork.INPUTS);
    Path file = TestRuns.write(folder.resolve("series.npy"), Tensor.of(shape, series));
    failsOnly("series", file.toString(), 0, "6 not_finite", "21 not_finite");
  }

  /** That it cannot be told why samples have failed hides nothing else. */
  @Test
  void damagedFailuresAreToldAsUnknown() throws IOException {
    List<Row> rows = goodValues();
    rows.set(4, RowFactory.create(4L, null));
    String input = TestTables.parquet(folder.resolve("one.parquet"), TestTables.VALUES, rows, 2);
    RunConfig config =
        TestRuns.config(folder, "damaged", STEPS)
            .input(input)
            .space("\"hidden.tau=0.01,0.02\"")
            .build();
    assertThat(SimulateJob.run(TestSpark.session(), config).failedTrials()).isEqualTo(2);
    String run = folder.resolve("damaged").toString();
    assertThat(FailedSamples.first(TestSpark.session(), run))
        .matches("(\n  trial \\d+, sample 4: null_value, input is null){2}");
    try (Stream<Path> files = Files.walk(folder.resolve("damaged/failures"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, (byte) 7);
        Files.write(file, bytes);
      }
    }
    assertThat(FailedSamples.trials(TestSpark.session(), run)).isEqualTo(RunStatus.UNKNOWN);
    assertThat(FailedSamples.first(TestSpark.session(), run)).isEmpty();
  }

  /** A range whose samples are all bad is done too, and so is a run without a good sample. */
  @Test
  void allSamplesOfARangeOrRun() {
    List<Row> rows = goodValues();
    for (int n = 4; n < 8; n++) {
      rows.set(n, RowFactory.create((long) n, null));
    }
    failsOnly(
        "range",
        TestTables.parquet(folder.resolve("range.parquet"), TestTables.VALUES, rows, 2),
        0,
        "4 null_value",
        "5 null_value",
        "6 null_value",
        "7 null_value");
    rows.replaceAll(row -> RowFactory.create(row.get(0), null));
    String input = TestTables.parquet(folder.resolve("none.parquet"), TestTables.VALUES, rows, 2);
    RunConfig config = TestRuns.config(folder, "none", STEPS).input(input).build();
    RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
    assertThat(outcome.samples()).isZero();
    assertThat(outcome.failed()).isEqualTo(TestRuns.SAMPLES);
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(tables("none").results().count()).isZero();
  }
}
