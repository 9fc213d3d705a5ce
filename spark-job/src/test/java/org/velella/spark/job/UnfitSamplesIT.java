package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.encoding.LatencyOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.spark.CountingNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Samples whose values some node cannot take, which shows on the way only. */
class UnfitSamplesIT {
  private static final int SIZE = 4;
  private static final int STEPS = 60;
  private static final int EVERY = 20;

  /** Sample 6 has half a spike at step 47, sample 8 has one at the first step. */
  private static final int LATE = 6;

  private static final int LATE_STEP = 47;
  private static final int EARLY = 8;

  @TempDir Path folder;

  private Path network;
  private Path good;
  private Path bad;
  private float[] badValues;

  @BeforeEach
  void write() throws IOException {
    network = folder.resolve("network.safetensors");
    Files.write(network, NetworkCodec.toBytes(CountingNetwork.of(SIZE)));
    float[] spikes = new float[STEPS * TestRuns.SAMPLES * SIZE];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < spikes.length; i++) {
      spikes[i] = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
    }
    Shape shape = Shape.of(STEPS, TestRuns.SAMPLES, SIZE);
    good = TestRuns.write(folder.resolve("good.npy"), Tensor.of(shape, spikes.clone()));
    spikes[(LATE_STEP * TestRuns.SAMPLES + LATE) * SIZE + 1] = 0.5f;
    spikes[EARLY * SIZE + 3] = 1e9f;
    bad = TestRuns.write(folder.resolve("bad.npy"), Tensor.of(shape, spikes));
    badValues = spikes;
  }

  private RunConfig.Builder config(String output, Path input) {
    return RunConfig.builder()
        .network(network.toString())
        .input(input.toString())
        .output(folder.resolve(output).toString())
        .steps(STEPS)
        .checkpointEvery(EVERY)
        .backend("scalar")
        .rangeSize(10)
        .tileSize(4);
  }

  private List<String> results(String run) {
    return TestRuns.rows(
        RunTables.open(TestSpark.session(), folder.resolve(run).toString()).results());
  }

  private List<String> failures(String run) {
    return RunTables.open(TestSpark.session(), folder.resolve(run).toString())
        .failures()
        .sort("sample_id")
        .collectAsList()
        .stream()
        .map(UnfitSamplesIT::text)
        .toList();
  }

  /** The bad samples as a table. */
  private Dataset<Row> badTable() {
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < TestRuns.SAMPLES; n++) {
      float[] values = new float[STEPS * SIZE];
      for (int i = 0; i < values.length; i++) {
        values[i] = badValues[(i / SIZE * TestRuns.SAMPLES + n) * SIZE + i % SIZE];
      }
      rows.add(TestTables.values((long) n, values));
    }
    return TestTables.table(TestTables.VALUES, rows);
  }

  @Test
  void simulationsOfTablesFindThemToo() {
    SimulateJob.run(TestSpark.session(), config("bad", bad).build());
    RunConfig config = config("none", bad).checkpointEvery(0).input(badTable()).build();
    Dataset<Row> table =
        TableSimulation.of(TestSpark.session(), config, RunListener.SILENT).cache();
    assertThat(TestRuns.rows(table.where("failure IS NULL").drop("failure")))
        .isEqualTo(
            TestRuns.rows(
                RunTables.open(TestSpark.session(), folder.resolve("bad").toString())
                    .results()
                    .drop("trial_id")));
    assertThat(
            table.where("failure IS NOT NULL").sort("sample_id").collectAsList().stream()
                .map(row -> row.getLong(0) + " " + row.getString(6).replaceFirst(":", "")))
        .containsExactlyElementsOf(failures("bad"));
    table.unpersist();
  }

  @Test
  void rowsOfOneIdFailForReasonsOfTheirOwn() {
    List<Row> rows =
        List.of(
            TestTables.values(3L, 0.5f, 0, 0, 0),
            TestTables.values(3L, 1, 0, 0, 0),
            TestTables.values(3L, 0, 0, 0, 0.25f));
    Dataset<Row> samples = TestTables.table(TestTables.VALUES, rows).coalesce(1);
    RunConfig config = config("none", bad).checkpointEvery(0).input(samples).build();
    List<Row> found =
        TableSimulation.of(TestSpark.session(), config, RunListener.SILENT).collectAsList();
    assertThat(found).hasSize(3);
    assertThat(found.get(0).<String>getAs("failure")).contains("0.5");
    assertThat(found.get(1).<String>getAs("failure")).isNull();
    assertThat(found.get(2).<String>getAs("failure")).contains("0.25");
  }

  private static String text(Row row) {
    return row.getLong(1) + " " + row.getString(2) + " " + row.getString(3);
  }

  private List<String> expected() {
    SimulateJob.run(TestSpark.session(), config("good", good).build());
    List<String> all = results("good");
    assertThat(all).hasSize(TestRuns.SAMPLES);
    return all.stream()
        .filter(row -> !row.contains("\"sample_id\":" + LATE + ","))
        .filter(row -> !row.contains("\"sample_id\":" + EARLY + ","))
        .toList();
  }

  private void assertFailed(String run) {
    assertThat(failures(run))
        .hasSize(2)
        .satisfies(
            rows -> {
              assertThat(rows.get(0)).startsWith(LATE + " unfit_value").contains("'count'", "0.5");
              assertThat(rows.get(1)).startsWith(EARLY + " unfit_value").contains("1.0E9");
            });
  }

  /** Neither the backend nor how often the run is interrupted or saved changes who fails. */
  @Test
  void onlyTheirSamplesFail() {
    List<String> expected = expected();
    for (String backend : List.of("scalar", "vector")) {
      RunConfig config =
          config(backend, bad).backend(backend).tileSize(backend.equals("scalar") ? 4 : 0).build();
      RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
      assertThat(outcome.exitCode()).isEqualTo(3);
      assertThat(outcome.failed()).isEqualTo(2);
      assertThat(outcome.samples()).isEqualTo(TestRuns.SAMPLES - 2);
      assertFailed(backend);
      assertThat(results(backend)).isEqualTo(expected);
    }

    SimulateJob.run(TestSpark.session(), config("parts", bad).steps(30).build());
    assertThat(failures("parts")).hasSize(1);
    for (int more : new int[] {20, 10}) {
      ResumeConfig.Builder resume = ResumeConfig.builder(folder.resolve("parts").toString());
      ResumeJob.run(TestSpark.session(), resume.moreSteps(more).backend("scalar").build());
    }
    assertFailed("parts");
    assertThat(results("parts")).isEqualTo(expected);
  }

  /** One of them has recorded two intervals before it fails. */
  @Test
  void whatTheyHaveRecordedIsNotReproduced() {
    SimulateJob.run(TestSpark.session(), config("bad", bad).record("spikes").build());
    String run = folder.resolve("bad").toString();
    Dataset<Row> spikes = TestSpark.session().read().parquet(run + "/spikes");
    assertThat(spikes.where("sample_id = " + LATE).count()).isPositive();
    Reproduction found = ReproduceJob.run(TestSpark.session(), ReproduceConfig.of(run));
    assertThat(found.differences()).isEmpty();
    assertThat(found.samples()).isEqualTo(TestRuns.SAMPLES - 2);
    String others = "sample_id NOT IN (%d, %d)".formatted(LATE, EARLY);
    assertThat(found.recorded().spikes()).isEqualTo(spikes.where(others).count());
  }

  /** Else what is told of a sample that fails would depend on where the run was saved or cut. */
  @Test
  void tablesHaveNothingThatTheyHaveRecorded() {
    for (int every : new int[] {0, 1, EVERY}) {
      String output = "every-" + every;
      RunConfig.Builder config = config(output, bad).checkpointEvery(every);
      SimulateJob.run(TestSpark.session(), config.record("spikes,v:if").build());
    }
    SimulateJob.run(
        TestSpark.session(), config("parts", bad).steps(40).record("spikes,v:if").build());
    ResumeConfig.Builder resume = ResumeConfig.builder(folder.resolve("parts").toString());
    ResumeJob.run(TestSpark.session(), resume.moreSteps(20).backend("scalar").build());

    for (String table : List.of("spikes", "traces")) {
      List<String> whole = recorded("every-0", table);
      assertThat(whole).isNotEmpty().noneMatch(row -> row.contains("\"sample_id\":" + LATE + ","));
      for (String other : List.of("every-1", "every-" + EVERY, "parts")) {
        assertThat(recorded(other, table)).as(other).isEqualTo(whole);
      }
    }
    String files = folder.resolve("every-1/spikes").toString();
    assertThat(TestSpark.session().read().parquet(files).where("sample_id = " + LATE).count())
        .isPositive();
  }

  private List<String> recorded(String run, String table) {
    return TestRuns.rows(
        RunTables.open(TestSpark.session(), folder.resolve(run).toString()).table(table));
  }

  /** What is saved before stays, and the run goes on from there without the policy. */
  @Test
  void withFailFastTheRunStopsThere() {
    List<String> expected = expected();
    RunConfig config = config("fast", bad).failFast(true).build();
    assertThatExceptionOfType(FailedSampleException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config))
        .withMessageContainingAll("--fail-fast", "unfit_value", "what was saved is kept");
    assertThat(TestRuns.status(folder.resolve("fast"))).contains("\"failed\"");
    SimulateJob.run(TestSpark.session(), config("fast", bad).build());
    assertFailed("fast");
    assertThat(results("fast")).isEqualTo(expected);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config))
        .withMessageContainingAll("2 samples of the run", "have failed already");
  }

  /** An encoder that works in cycles looks at its values when a cycle begins. */
  @Test
  void encodersTakeNoOtherNumbersEither() throws IOException {
    Network encoding =
        Network.builder()
            .node("input", new InputOperation(Shape.of(SIZE)))
            .node("latency", new LatencyOperation(5, LatencyOperation.Curve.LINEAR))
            .node("output", new OutputOperation())
            .edge("input", "latency")
            .edge("latency", "output")
            .build();
    Files.write(network, NetworkCodec.toBytes(encoding));
    float[] values = new float[5 * SIZE];
    java.util.Arrays.fill(values, 0.5f);
    values[3 * SIZE] = 1.5f;
    Path input = TestRuns.write(folder.resolve("v.npy"), Tensor.of(Shape.of(5, SIZE), values));
    RunOutcome outcome =
        SimulateJob.run(TestSpark.session(), config("encoded", input).steps(7).build());
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(failures("encoded").get(0)).startsWith("3 unfit_value").contains("'latency'", "1.5");
    assertThat(results("encoded")).hasSize(4);
  }
}
