package org.velella.spark.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.GreaterThanOrEqual;
import org.apache.spark.sql.sources.StringEndsWith;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeState;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.job.UsageException;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.StoreFaults;
import org.velella.tensor.Tensor;

/** Tables of a run and of a sweep, read as data sources and through the catalog. */
class RunSourceIT {
  private static final int STEPS = 40;

  @TempDir static Path folder;

  @BeforeAll
  static void simulate() {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "plain", STEPS)
            .record("spikes,v:hidden")
            .checkpointEvery(15)
            .build());
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "sweep", STEPS)
            .space("{\"product\": [\"hidden.tau=0.001,0.003\", \"steps=20,40\"]}")
            .build());
    TestSpark.session().conf().set("spark.sql.catalog.velella", RunCatalog.class.getName());
    TestSpark.session().conf().set("spark.sql.catalog.here", RunCatalog.class.getName());
    TestSpark.session().conf().set("spark.sql.catalog.here.base", folder.toString());
  }

  private static String run(String name) {
    return folder.resolve(name).toString();
  }

  private static RunTables tables(String name) {
    return RunTables.open(TestSpark.session(), run(name));
  }

  private static Dataset<Row> load(String table, String run) {
    return TestSpark.session().read().format("velella-" + table).load(run);
  }

  private static Dataset<Row> sql(String query) {
    return TestSpark.session().sql(query);
  }

  private static void assertSame(Dataset<Row> table, Dataset<Row> expected) {
    assertThat(table.schema()).isEqualTo(expected.schema());
    assertThat(TestRuns.rows(table)).isEqualTo(TestRuns.rows(expected));
  }

  @Test
  void everyTableIsAFormatAndInTheCatalogAsSqlShowsIt() {
    for (String run : List.of("plain", "sweep")) {
      RunTables tables = tables(run);
      for (String table : RunTables.names()) {
        StructType expected = tables.table(table).schema();
        assertThat(load(table, run(run)).schema()).isEqualTo(expected);
        String inCatalog = "velella.`" + run(run) + "`." + table;
        assertThat(TestSpark.session().table(inCatalog).schema()).isEqualTo(expected);
      }
    }
    assertSame(load("results", run("sweep")), tables("sweep").results());
    assertSame(load("traces", run("plain")), tables("plain").traces());
    assertThat(load("traces", run("plain")).count()).isEqualTo(TestRuns.SAMPLES * (long) STEPS);
    assertThat(load("results", run("sweep")).count()).isEqualTo(4L * TestRuns.SAMPLES);
  }

  @Test
  void queriesOfAnyColumnsAndRowsAreThoseOfTheWholeTable() {
    RunTables.register(TestSpark.session(), run("plain"));
    for (String query :
        List.of(
            "SELECT node, count(*) FROM {spikes} WHERE step >= 20 AND neuron IN (0, 2) GROUP BY node",
            "SELECT count(*) FROM {spikes}",
            "SELECT values[1], step FROM {traces} WHERE sample_id = 7 AND variable LIKE 'v%'",
            "SELECT memory, sum(values[0]) FROM {checkpoint} WHERE sample_id > 3 GROUP BY memory")) {
      String catalog = query.replaceAll("\\{(\\w+)}", "here.plain.$1");
      List<String> rows = TestRuns.rows(sql(catalog));
      assertThat(rows).as(query).isNotEmpty();
      assertThat(rows).isEqualTo(TestRuns.rows(sql(query.replaceAll("[{}]", ""))));
    }
  }

  @Test
  void columnsWithDotsAreFilteredAndChosen() {
    List<String> rows =
        TestRuns.rows(
            sql(
                "SELECT `hidden.tau`, trial_steps, sample_id FROM here.sweep.results"
                    + " WHERE `hidden.tau` = 0.003D AND trial_steps < 30"));
    assertThat(rows).hasSize(TestRuns.SAMPLES);
    assertThat(rows).allMatch(row -> row.contains("\"hidden.tau\":0.003,\"trial_steps\":20.0"));
  }

  /** Conditions reach the files, where groups of rows are skipped, and others are left to Spark. */
  @Test
  void scansReadOnlyWhatIsAskedFor() {
    RunTables tables = tables("plain");
    RunScanBuilder builder =
        (RunScanBuilder)
            new RunSource(tables, "spikes").newScanBuilder(new CaseInsensitiveStringMap(Map.of()));
    Filter[] filters = {
      new EqualTo("node", "hidden"),
      new GreaterThanOrEqual("step", 30),
      new StringEndsWith("node", "n")
    };
    assertThat(builder.pushFilters(filters)).isEqualTo(filters);
    assertThat(builder.pushedFilters()).containsExactly(filters[0], filters[1]);
    builder.pruneColumns(StructType.fromDDL("step INT, neuron INT"));
    Scan scan = builder.build();
    Dataset<Row> rows = ((RunScan) scan).rows();
    assertThat(rows.columns()).containsExactly("step", "neuron");
    Dataset<Row> expected =
        tables.spikes().where("node = 'hidden' AND step >= 30").select("step", "neuron");
    assertThat(TestRuns.rows(rows)).isEqualTo(TestRuns.rows(expected)).isNotEmpty();
    assertThat(rows.count()).isLessThan(tables.spikes().count());
  }

  @Test
  void checkpointHasEveryMemoryOfEverySample() {
    List<String> expected = new ArrayList<>();
    for (RangeState state : TestRuns.states(folder.resolve("plain"))) {
      for (int n = 0; n < state.samples(); n++) {
        for (Map.Entry<String, Tensor> memory : state.memories().entrySet()) {
          List<Float> values = new ArrayList<>();
          for (float value : memory.getValue().rows(n, n + 1).floats()) {
            values.add(value);
          }
          expected.add(
              "0 %d %d %s F32 [%d] %s"
                  .formatted(
                      state.sampleIds().longs()[n],
                      state.step(),
                      memory.getKey(),
                      values.size(),
                      values));
        }
      }
    }
    List<String> found =
        load("checkpoint", run("plain")).collectAsList().stream()
            .map(
                row ->
                    "%d %d %d %s %s %s %s"
                        .formatted(
                            row.getLong(0),
                            row.getLong(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getString(4),
                            row.getList(5),
                            row.getList(6)))
            .toList();
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(found).allMatch(row -> row.startsWith("0 ") && row.contains(" 40 "));
    assertThat(load("checkpoint", run("sweep")).select("trial_id").distinct().collectAsList())
        .hasSameElementsAs(load("trials", run("sweep")).select("trial_id").collectAsList());
  }

  /** What is traced after the last step is what the checkpoint holds. */
  @Test
  void checkpointContinuesTraces() {
    String traced = "SELECT sample_id, values FROM here.plain.traces WHERE step = 39";
    String saved = "SELECT sample_id, values FROM here.plain.checkpoint WHERE memory = 'hidden.v'";
    assertThat(TestRuns.rows(sql(saved)))
        .hasSize(TestRuns.SAMPLES)
        .isEqualTo(TestRuns.rows(sql(traced)));
  }

  @Test
  void trialsSayWhatTheySet() {
    assertThat(
            TestRuns.rows(
                sql("SELECT seed, `hidden.tau` AS tau, trial_steps FROM here.sweep.trials")))
        .containsExactly(
            "{\"seed\":0,\"tau\":0.001,\"trial_steps\":20.0}",
            "{\"seed\":0,\"tau\":0.001,\"trial_steps\":40.0}",
            "{\"seed\":0,\"tau\":0.003,\"trial_steps\":20.0}",
            "{\"seed\":0,\"tau\":0.003,\"trial_steps\":40.0}");
    assertThat(TestRuns.rows(load("trials", run("plain"))))
        .containsExactly("{\"trial_id\":0,\"seed\":0}");
  }

  @Test
  void filesThatNoManifestListsAreNotRead() throws IOException {
    Path copy = folder.resolve("stray");
    TestRuns.copy(folder.resolve("plain"), copy);
    for (String table : List.of("spikes", "results")) {
      List<Path> files;
      try (Stream<Path> all = Files.list(copy.resolve(table))) {
        files = all.filter(file -> file.toString().endsWith(".parquet")).toList();
      }
      Files.copy(files.get(0), copy.resolve(table).resolve("stray.parquet"));
      assertSame(load(table, copy.toString()), tables("plain").table(table));
    }
  }

  @Test
  void damagedStatesAreNamedAndNotRead() throws IOException {
    Path copy = folder.resolve("damaged");
    TestRuns.copy(folder.resolve("plain"), copy);
    String file = TestRuns.manifest(copy).ranges().get(2).current().orElseThrow().file();
    Path path = copy.resolve("checkpoint/ranges").resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 5] ^= 4;
    Files.write(path, bytes);
    assertThatThrownBy(() -> load("checkpoint", copy.toString()).collectAsList())
        .hasStackTraceContaining(file)
        .hasStackTraceContaining("restore it from a copy, or resume the run");
  }

  @Test
  void catalogListsAndDescribes() {
    assertThat(
            sql("SHOW TABLES IN velella.`" + run("plain") + "`")
                .select("tableName")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0)))
        .containsExactlyInAnyOrder(
            "results",
            "spikes",
            "traces",
            "failures",
            "metrics",
            "trials",
            "checkpoint",
            "accuracy",
            "confusion",
            "operations");
    assertThat(sql("SHOW NAMESPACES IN here").collectAsList().toString())
        .contains("[plain]", "[sweep]");
    assertThat(sql("DESCRIBE here.sweep.results").collectAsList().toString())
        .contains("[hidden.tau,double,", "[spike_counts,array<int>,");
  }

  @Test
  void foldersThatCannotBeLookedIntoAreLeftOut() throws IOException {
    FakeHdfs.configure(TestSpark.session().sparkContext().hadoopConfiguration());
    for (String name : List.of("closed", "open")) {
      Path copy = Files.createDirectories(folder.resolve("others")).resolve(name);
      TestRuns.copy(folder.resolve("plain"), copy);
    }
    String base = "hdfs://others" + folder.resolve("others");
    TestSpark.session().conf().set("spark.sql.catalog.others", RunCatalog.class.getName());
    TestSpark.session().conf().set("spark.sql.catalog.others.base", base);
    StoreFaults faults = FakeHdfs.faults("others");
    faults.lock("/closed/");
    assertThat(sql("SHOW NAMESPACES IN others").collectAsList().toString()).isEqualTo("[[open]]");
    assertThatThrownBy(() -> sql("SELECT * FROM others.closed.spikes"))
        .hasMessageContaining("Cannot look into " + base + "/closed")
        .hasStackTraceContaining("Permission denied");
    faults.lock("");
    assertThat(sql("SHOW NAMESPACES IN others").collectAsList().toString())
        .isEqualTo("[[closed], [open]]");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> sql("SELECT * FROM here.plain.spike"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no table 'spike'; it has results, spikes, traces, failures");
    assertThatThrownBy(() -> sql("SELECT * FROM velella.`/no/such`.spikes"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("TABLE_OR_VIEW_NOT_FOUND");
    assertThat(TestSpark.session().catalog().tableExists("here.none.spikes")).isFalse();
    RunCatalog catalog = new RunCatalog();
    catalog.initialize("here", new CaseInsensitiveStringMap(Map.of("base", folder.toString())));
    String[] plain = {"plain"};
    assertThat(catalog.tableExists(Identifier.of(plain, "SPIKES"))).isTrue();
    assertThat(catalog.tableExists(Identifier.of(plain, "spike"))).isFalse();
    assertThatThrownBy(() -> sql("SHOW TABLES IN here"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("Say which run: here.`path/of/run`.TABLE")
        .hasMessageContaining("plain, ");
    assertThatThrownBy(() -> load("spikes", folder.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is not a run");
    assertThatThrownBy(() -> TestSpark.session().read().format("velella-spikes").load())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("velella-spikes needs the directory of one run");
  }

  @Test
  void nothingIsWritten() {
    for (String command :
        List.of(
            "CREATE TABLE here.plain.more (id INT)",
            "CREATE TABLE here.plain.more AS SELECT 1 AS id",
            "DROP TABLE here.plain.spikes",
            "ALTER TABLE here.plain.spikes ADD COLUMN more INT",
            "CREATE NAMESPACE here.more",
            "DROP NAMESPACE here.plain CASCADE")) {
      assertThatThrownBy(() -> sql(command))
          .as(command)
          .hasMessageContaining("The catalog here only reads runs, so it cannot ");
    }
    assertThatThrownBy(
            () -> sql("INSERT INTO here.plain.failures SELECT * FROM here.plain.failures"))
        .hasMessageContaining("failures");
    assertThat(tables("plain").failures().count()).isZero();
  }
}
