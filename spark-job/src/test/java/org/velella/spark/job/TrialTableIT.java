package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.frame.InputSources;

/** Sweeps whose trials are the rows of a table. */
class TrialTableIT {
  private static final int STEPS = 40;
  private static final String COLUMNS = "hidden.tau,readout.v_threshold,seed";

  @TempDir Path folder;

  private String csv(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines)).toString();
  }

  private RunConfig.Builder sweep(String output) {
    return TestRuns.config(folder, output, STEPS);
  }

  private List<String> run(RunConfig.Builder config) {
    List<String> messages = new ArrayList<>();
    SimulateJob.run(TestSpark.session(), config.build(), TestRuns.collecting(messages));
    return messages.stream().filter(line -> line.contains("trials")).toList();
  }

  private Dataset<Row> results(String output) {
    return RunTables.open(TestSpark.session(), folder.resolve(output).toString()).results();
  }

  /** The trials as the results have them: id, seed and parameters. */
  private List<String> trials(String output) {
    return results(output)
        .selectExpr("trial_id", "seed", "`hidden.tau`", "`readout.v_threshold`")
        .distinct()
        .sort("seed", "`hidden.tau`", "`readout.v_threshold`")
        .collectAsList()
        .stream()
        .map(row -> row.get(1) + " " + row.get(2) + " " + row.get(3))
        .toList();
  }

  private List<String> sorted(String output) {
    return results(output).sort("trial_id", "sample_id").collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void rowsAreTrialsAndMoreRowsExtend() throws IOException {
    String file = csv("trials.csv", COLUMNS, "0.001,0.3,", "0.003,,4", ",0.6,4");
    assertThat(run(sweep("run").trials(file, "auto").seeds(List.of(1L, 2L))))
        .containsExactly("The sweep has 4 trials");
    assertThat(trials("run"))
        .containsExactly("1 0.001 0.3", "2 0.001 0.3", "4 null 0.6", "4 0.003 null");
    assertThat(results("run").count()).isEqualTo(4L * TestRuns.SAMPLES);
    List<String> before = sorted("run");

    csv("trials.csv", COLUMNS, "0.001,0.3,", "0.002,0.3,1", "0.003,,4", ",0.6,4");
    assertThat(run(sweep("run").trials(file, "auto").seeds(List.of(1L, 2L))))
        .containsExactly("The sweep has 5 trials, 1 of them new");
    assertThat(sorted("run")).hasSize(5 * TestRuns.SAMPLES).containsAll(before);
    assertThat(run(sweep("run").trials(file, "auto").seeds(List.of(1L, 2L))))
        .containsExactly("The sweep has 5 trials, 0 of them new");
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(folder.resolve("run").toString()).moreSteps(10).build());
    assertThat(results("run").selectExpr("min(steps)").first().getLong(0)).isEqualTo(STEPS + 10);
  }

  /** A trial of a table is the trial that the same values are in a grid, to the byte. */
  @Test
  void aTableIsAGridAndComposesWithOne() throws IOException {
    String grid = "{\"product\": [\"hidden.tau=0.001,0.003\", \"readout.v_threshold=0.3,0.6\"]}";
    run(sweep("grid").space(grid).seed(3));
    String file =
        csv(
            "t.csv",
            "hidden.tau,readout.v_threshold",
            "0.001,0.3",
            "0.001,0.6",
            "0.003,0.3",
            "0.003,0.6");
    run(sweep("table").trials(file, "csv").seed(3));
    TestRuns.assertSameRun(folder.resolve("grid"), folder.resolve("table"));
    Dataset<Row> thresholds =
        TestSpark.session()
            .createDataFrame(
                List.of(RowFactory.create("0.3"), RowFactory.create("0.6")),
                new StructType().add("readout.v_threshold", DataTypes.StringType));
    run(sweep("both").space("\"hidden.tau=0.001,0.003\"").trials(thresholds).seed(3));
    TestRuns.assertSameRun(folder.resolve("grid"), folder.resolve("both"));
  }

  @Test
  void parquetAndDataFramesAreTables() throws IOException {
    StructType schema =
        new StructType()
            .add("seed", DataTypes.LongType)
            .add("hidden.tau", DataTypes.FloatType)
            .add("readout.v_threshold", DataTypes.createDecimalType(5, 2));
    Dataset<Row> table =
        TestSpark.session()
            .createDataFrame(
                List.of(
                    RowFactory.create(null, 0.25f, new java.math.BigDecimal("0.50")),
                    RowFactory.create(8L, Float.NaN, null)),
                schema);
    String parquet = folder.resolve("trials").toString();
    table.coalesce(1).write().parquet(parquet);
    run(sweep("frame").trials(table));
    run(sweep("parquet").trials(parquet, "auto"));
    assertThat(trials("frame")).containsExactly("0 0.25 0.5", "8 null null");
    TestRuns.assertSameRun(folder.resolve("frame"), folder.resolve("parquet"));
  }

  private void assertRefused(RunConfig.Builder config, String... parts) {
    assertThatThrownBy(() -> run(config))
        .isInstanceOf(UsageException.class)
        .message()
        .contains(parts)
        .doesNotContain("\n");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void whatIsNoTableOfTrialsIsRefused() throws IOException {
    assertRefused(
        sweep("run").trials(csv("1.csv", "hidden.taw", "1"), "auto"), "hidden.taw", "hidden.tau");
    assertRefused(
        sweep("run").trials(csv("2.csv", "hidden.tau"), "auto"), "2.csv have no rows", "trial");
    assertRefused(sweep("run").trials(csv("3.csv"), "auto"), "3.csv are empty");
    assertRefused(
        sweep("run").trials(csv("4.csv", "hidden.tau", "1", "-Infinity"), "auto"),
        "'hidden.tau'",
        "infinite in row 2");
    assertRefused(
        sweep("run").trials(csv("5.csv", "hidden.tau,seed,hidden.tau", "1,2,3"), "auto"),
        "the column 'hidden.tau' twice");
    assertRefused(
        sweep("run").trials(csv("6.csv", "hidden.tau,", "1,2"), "auto"), "without a name");
    assertRefused(
        sweep("run").trials(csv("7.csv", "hidden.tau", "1", "fast"), "auto"),
        "hidden.tau needs numbers",
        "fast");
    assertRefused(
        sweep("run").trials(csv("8.csv", "hidden.tau,seed", "1,9007199254740993"), "auto"),
        "seed in row 1",
        "9007199254740993");
    assertRefused(
        sweep("run").trials(csv("9.csv", "hidden.tau,seed", "1,1.5"), "auto"), "whole number");
    assertRefused(
        sweep("run").trials(csv("10.csv", "*.tau,hidden.tau", "1,1"), "auto"), "set by both");
    assertRefused(sweep("run").trials(folder.resolve("none.csv").toString(), "auto"), "none.csv");
    assertRefused(sweep("run").trials(csv("11", "hidden.tau", "1"), "auto"), "--trials-format");
    assertRefused(sweep("run").trials(csv("12.npy", "x"), "auto"), "no table");
    Dataset<Row> flags = TestSpark.session().sql("SELECT true AS `hidden.tau`");
    assertRefused(sweep("run").trials(flags), "'hidden.tau'", "boolean");
    Dataset<Row> twice = TestSpark.session().sql("SELECT 1 AS seed, 2 AS seed");
    assertRefused(sweep("run").trials(twice), "'seed' twice");
    assertThatThrownBy(() -> sweep("run").trials(flags).trials("t.csv", "auto").build())
        .isInstanceOf(UsageException.class);
  }

  /** A million rows are planned, and what is stored of them is some lines of numbers. */
  @Test
  void aMillionRowsArePlanned() throws IOException {
    Dataset<Row> table =
        TestSpark.session()
            .range(1_000_000)
            .selectExpr("0.001 + id / 1e9 AS `hidden.tau`", "id % 7 AS seed")
            .coalesce(1);
    RunPlan plan =
        SimulateJob.plan(
            TestSpark.session(),
            TestRuns.config(folder, "run", 1)
                .input("constant:current=1")
                .inputFormat(InputSources.STIMULUS)
                .samples(1)
                .rangeSize(0)
                .trials(table)
                .build(),
            RunListener.SILENT);
    assertThat(plan.trials()).isEqualTo(1_000_000);
  }
}
