package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunTables;

/** Metrics that users write in SQL: columns of the results, and a table of their own. */
class UserMetricsIT {
  private static final int STEPS = 60;
  private static final String TOTAL = "total=aggregate(spike_counts, 0, (a, x) -> a + x)";
  private static final String RATE =
      "rate_hz=aggregate(spike_counts, 0, (a, x) -> a + x) / (size(spike_counts) * steps * dt)";

  @TempDir Path folder;

  private CommandLineRun run(String command, String... more) {
    TestSpark.session();
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--network", TestNetwork.write(folder).toString(), "--output", output()));
    args.addAll(List.of("--input", TestRuns.events(folder, STEPS).toString()));
    args.addAll(List.of("--samples", "" + TestRuns.SAMPLES, "--steps", "" + STEPS));
    args.addAll(List.of("--backend", "scalar"));
    args.addAll(Arrays.asList(more));
    if (Arrays.stream(more).noneMatch(each -> each.startsWith("--show"))) {
      args.add("--show=0");
    }
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private CommandLineRun simulate(String... metrics) {
    CommandLineRun run =
        run("simulate", Arrays.stream(metrics).map("--metric="::concat).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private String output() {
    return folder.resolve("run").toString();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run/metrics"))) {
      return files.sorted().toList();
    }
  }

  /** The published table, as anybody reads it; parameters aside. */
  private List<Row> table(String... columns) {
    return TestSpark.session()
        .read()
        .parquet(folder.resolve("run/metrics").toString())
        .selectExpr(columns)
        .sort("sample_id")
        .collectAsList();
  }

  private List<Row> results() {
    return RunTables.open(TestSpark.session(), output())
        .results()
        .sort("sample_id")
        .collectAsList();
  }

  /** Added up here, spike by spike count. */
  private static int total(Row result) {
    return result.<Integer>getList(result.fieldIndex("spike_counts")).stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  @Test
  void areColumnsAndATableThatFollowsThem() throws IOException {
    simulate(TOTAL, RATE);
    List<Row> results = results();
    List<Row> table = table("sample_id", "total", "rate_hz", "trial_id");
    assertThat(table).hasSize(TestRuns.SAMPLES);
    int all = 0;
    for (int n = 0; n < table.size(); n++) {
      int spikes = total(results.get(n));
      double rate = spikes / (TestNetwork.OUTPUTS * STEPS * 1e-4);
      assertThat(table.get(n).getLong(0)).isEqualTo(n);
      assertThat(table.get(n).getInt(1)).isEqualTo(spikes);
      assertThat(table.get(n).getDouble(2)).isCloseTo(rate, within(rate));
      assertThat(results.get(n).<Integer>getAs("total")).isEqualTo(spikes);
      all += spikes;
    }
    assertThat(all).isPositive();

    // Nothing has changed; then one thing has; then a file is lost; then there are none.
    List<Path> before = files();
    simulate();
    assertThat(files()).isEqualTo(before).isNotEmpty();
    simulate("total=2 * steps");
    assertThat(files()).doesNotContainAnyElementsOf(before);
    assertThat(table("sample_id", "total")).allMatch(row -> row.getLong(1) == 2 * STEPS);
    assertThat(table("sample_id", "rate_hz")).hasSize(TestRuns.SAMPLES);
    for (Path file : files()) {
      Files.delete(file);
    }
    CommandLineRun sql =
        CommandLineRun.of("sql", output(), "SELECT sum(total) AS s FROM metrics", "--limit=1");
    assertThat(sql.out()).contains("" + 2 * STEPS * TestRuns.SAMPLES);
    assertThat(CommandLineRun.of("resume", output(), "--show=2").out()).contains("total");
    assertThat(table("sample_id", "total")).hasSize(TestRuns.SAMPLES);
    assertThat(CommandLineRun.of("inspect", output()).out()).contains("2 * steps");
    simulate("total=", "rate_hz= ");
    assertThat(files()).isEmpty();
    assertThat(results().get(0).schema().fieldNames()).doesNotContain("total", "rate_hz");
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(1e-9 * (1 + value));
  }

  /** A sweep is keyed by its parameters as well, and figures take metrics by name. */
  @Test
  void areThereForEachTrial() {
    CommandLineRun swept =
        run(
            "sweep",
            "--grid=hidden.tau=0.001,0.003",
            "--metric=" + TOTAL,
            "--metric=slow=`hidden.tau` > 0.002");
    assertThat(swept.exitCode()).as(swept.err()).isZero();
    assertThat(table("sample_id", "`hidden.tau`", "total", "slow", "seed"))
        .hasSize(2 * TestRuns.SAMPLES)
        .allMatch(row -> row.getBoolean(3) == (row.getDouble(1) == 0.003));
    Path figure = folder.resolve("figure.svg");
    CommandLineRun plot =
        CommandLineRun.of(
            "plot", "fi-curve", output(), "--x=hidden.tau", "--metric=total", "--output=" + figure);
    assertThat(plot.exitCode()).as(plot.err()).isZero();
    assertThat(figure).isNotEmptyFile();
  }

  @Test
  void whatIsNoMetricIsRefusedBeforeAnythingIsComputed() {
    String[][] refused = {
      {"m=no_such_column + 1", "no_such_column"},
      {"m=spike_counts[", "syntax"},
      {"m=sum(steps)", ""},
      {"m=row_number() over (order by steps)", ""},
      {"m=explode(spike_counts)", ""},
      {"m=(SELECT 1)", "without subqueries"},
      {"m=NULL", "cast it"},
      {"steps=1", "a column of that name"},
      {"2m=steps", "begins with no digit"},
    };
    for (String[] metric : refused) {
      CommandLineRun run = run("simulate", "--metric=" + metric[0]);
      String name = metric[0].substring(0, metric[0].indexOf('='));
      assertThat(run.exitCode()).as("%s: %s", metric[0], run.err()).isEqualTo(2);
      assertThat(run.err())
          .containsIgnoringCase("--metric " + name + ": ")
          .containsIgnoringCase(metric[1])
          .doesNotContain("\tat ");
      assertThat(folder.resolve("run")).doesNotExist();
    }
    assertThat(run("simulate", "--metric=m='(select'", "--dry-run").exitCode()).isZero();
  }

  /** What cannot be computed of the rows there are takes nothing away but itself. */
  @Test
  void aMetricThatFailsDoesNotFailTheRun() throws IOException {
    simulate("m=steps");
    // What a driver leaves that is lost while it writes; the folder of a user is not its own.
    Path lost = folder.resolve("run/_attempts/labels-" + new UUID(1, 2));
    Path own = folder.resolve("run/_attempts/metrics-of-mine");
    Files.createDirectories(lost.resolve("_temporary/0"));
    Files.createDirectories(own);
    CommandLineRun run =
        run("simulate", "--metric=m=coalesce(raise_error(concat('no ', steps)), 1)", "--show=3");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("The metrics could not be computed", "no 60");
    assertThat(run.out()).contains("23 samples simulated", "prediction");
    assertThat(files()).isEmpty();
    assertThat(lost).doesNotExist();
    assertThat(own).exists();
    assertThat(RunTables.open(TestSpark.session(), output()).results().select("steps").count())
        .isEqualTo(TestRuns.SAMPLES);
  }
}
