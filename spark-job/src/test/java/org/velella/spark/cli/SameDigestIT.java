package org.velella.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.spark.api.SimulationJob;
import org.velella.spark.api.SimulationResult;
import org.velella.spark.api.Simulations;
import org.velella.spark.api.SweepJob;
import org.velella.spark.catalog.RunCatalog;
import org.velella.spark.faults.RunHash;
import org.velella.spark.job.ResumeConfig;
import org.velella.spark.job.ResumeJob;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.UsageException;

/** One simulation, asked for in every way there is: the same numbers, to the last bit. */
class SameDigestIT {
  private static final int STEPS = 80;

  @TempDir static Path folder;

  private static String network;

  @BeforeAll
  static void simulateFromTheCommandLine() {
    TestSpark.session();
    network = TestNetwork.write(folder).toString();
    CommandLineRun run =
        CommandLineRun.of(
            "simulate",
            "--network=" + network,
            "--input=" + TestRuns.events(folder, STEPS),
            "--samples=" + TestRuns.SAMPLES,
            "--steps=" + STEPS,
            "--record=spikes,v:hidden",
            "--range-size=4",
            "--seed=7",
            "--metric=latency=try_element_at(first_spike_step, 1) * dt",
            "--output=" + at("cli"));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  /** The events of the command line's file, as a table in some other order. */
  private static Dataset<Row> samples() {
    int[][][] events = TestTables.eventsOfSamples(STEPS);
    List<Row> rows = new ArrayList<>();
    for (int sample = events.length - 1; sample >= 0; sample--) {
      rows.add(TestTables.events((long) sample, events[sample]));
    }
    return TestTables.table(TestTables.EVENTS, rows);
  }

  private static SimulationJob job(String output) {
    return SimulationJob.on(TestSpark.session())
        .network(network)
        .input(samples())
        .steps(STEPS)
        .record("spikes", "v:hidden")
        .rangeSize(4)
        .seed(7)
        .metric("latency", "try_element_at(first_spike_step, 1) * dt")
        .output(at(output));
  }

  @Test
  void programsAndTheCommandLineMakeTheSameRun() {
    List<String> said = new ArrayList<>();
    SimulationJob job = job("java").checkpointEvery(30).onMessage(said::add);
    assertThat(job.plan().samples()).isEqualTo(TestRuns.SAMPLES);
    assertThat(folder.resolve("java")).doesNotExist();
    SimulationResult run = job.run();
    assertThat(run.outcome().samples()).isEqualTo(TestRuns.SAMPLES);
    assertThat(run)
        .hasToString(at("java") + ": 23 samples, 0 failed, 80 steps, " + run.outcome().backend());
    assertThat(said).anyMatch(line -> line.startsWith("backend "));
    assertThat(RunHash.of(folder.resolve("java"))).isEqualTo(RunHash.of(folder.resolve("cli")));
    // The same job goes on; somebody without its rows cannot.
    assertThat(job.run().outcome().isComplete()).isTrue();
    assertThatThrownBy(
            () ->
                ResumeJob.run(
                    TestSpark.session(), ResumeConfig.builder(at("java")).moreSteps(5).build()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("begun with a DataFrame");
  }

  @Test
  void resumedAndBranchedRunsAreThoseOfTheCommandLine() {
    TestRuns.copy(folder.resolve("cli"), folder.resolve("more-cli"));
    CommandLineRun resumed = CommandLineRun.of("resume", at("more-cli"), "--steps=+20");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    CommandLineRun branch =
        CommandLineRun.of(
            "resume",
            at("cli"),
            "--steps=+20",
            "--set=hidden.tau=0.001",
            "--output=" + at("b-cli"));
    assertThat(branch.exitCode()).as(branch.err()).isZero();
    SimulationResult run = job("more").run();
    // The run's own input has no events after its last step.
    SimulationResult other =
        run.resume().steps(20).set("hidden.tau", 0.001).output(at("b-java")).run();
    assertThat(other.path()).isEqualTo(at("b-java"));
    assertThat(run.resume().steps(20).plan().steps()).isEqualTo(STEPS + 20);
    assertThat(run.results().count()).isEqualTo(TestRuns.SAMPLES);
    SimulationResult more = run.resume().steps(20).run();
    assertThat(more.outcome().steps()).isEqualTo(STEPS + 20);
    assertThat(more.results().where("steps = " + (STEPS + 20)).count()).isEqualTo(TestRuns.SAMPLES);
    // What was opened before shows nothing of later steps.
    assertThatThrownBy(run::results)
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("gone on since its tables were opened")
        .hasMessageContaining("open it again");
    assertThat(run.spikes().where("step >= " + STEPS).count()).isZero();
    // So its views cannot be made any more, and those of the longer run stay.
    more.createViews();
    assertThatThrownBy(run::createViews).isInstanceOf(RunFailedException.class);
    for (String view : List.of("results", "checkpoint", "spikes")) {
      assertThat(rows(TestSpark.session().table(view)))
          .as(view)
          .isEqualTo(rows(more.tables().table(view)))
          .isNotEmpty();
    }
    assertThat(TestSpark.session().table("results").where("steps = " + STEPS).count()).isZero();
    assertThat(RunHash.of(folder.resolve("more")))
        .isEqualTo(RunHash.of(folder.resolve("more-cli")));
    assertThat(RunHash.of(folder.resolve("b-java"))).isEqualTo(RunHash.of(folder.resolve("b-cli")));
  }

  /** Rows as JSON, sorted, since tables have no order. */
  private static List<String> rows(Dataset<Row> table) {
    return TestRuns.rows(table);
  }

  /** What {@code velella sql} gives for a table, as JSON. */
  private static List<String> rowsOfTheCommandLine(String table) throws IOException {
    Path csv = folder.resolve(table + ".csv");
    CommandLineRun run =
        CommandLineRun.of(
            "sql", at("cli"), "SELECT to_json(struct(*)) FROM " + table, "--csv=" + csv);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Files.readAllLines(csv, UTF_8).stream()
        .skip(1)
        .map(line -> line.substring(1, line.length() - 1).replace("\"\"", "\""))
        .sorted()
        .toList();
  }

  @Test
  void everyWayToReadGivesTheSameRows() throws IOException {
    SparkSession spark = TestSpark.session();
    spark.conf().set("spark.sql.catalog.runs", RunCatalog.class.getName());
    spark.conf().set("spark.sql.catalog.runs.base", folder.toString());
    SimulationResult run = job("read").run();
    Dataset<Row> ofRun = null;
    for (String table : List.of("results", "spikes", "checkpoint")) {
      List<String> expected = rowsOfTheCommandLine(table);
      assertThat(expected).as(table).isNotEmpty();
      ofRun = run.tables().table(table);
      assertThat(rows(ofRun)).as(table).isEqualTo(expected);
      assertThat(rows(spark.read().format("velella-" + table).load(at("read"))))
          .isEqualTo(expected);
      assertThat(rows(spark.sql("SELECT * FROM runs.read." + table))).isEqualTo(expected);
    }
    run.createViews();
    assertThat(rows(spark.sql("SELECT * FROM checkpoint"))).isEqualTo(rows(ofRun));
  }

  @Test
  void transformationsGiveTheResultsOfRuns() {
    SparkSession spark = TestSpark.session();
    List<String> expected =
        rows(spark.read().format("velella-results").load(at("cli")).drop("trial_id", "latency"));
    Simulations simulation =
        Simulations.on(spark).network(network).steps(STEPS).seed(7).tileSize(5);
    Dataset<Row> samples = samples().withColumn("name", functions.expr("concat('n', sample_id)"));
    Dataset<Row> results = simulation.transform(samples.repartition(3));
    assertThat(results.columns())
        .containsExactly(
            "sample_id",
            "name",
            "spike_counts",
            "first_spike_step",
            "prediction",
            "steps",
            "rate",
            "failure");
    assertThat(rows(results.drop("name", "failure"))).isEqualTo(expected);
    assertThat(rows(simulation.transform(samples.coalesce(1)))).isEqualTo(rows(results));
    assertThat(results.where("failure IS NOT NULL OR name <> concat('n', sample_id)").count())
        .isZero();
  }

  @Test
  void rowsThatDoNotFitSayWhyAndHarmNoOthers() {
    float[] held = new float[TestNetwork.INPUTS];
    Dataset<Row> samples =
        TestTables.table(
            TestTables.VALUES,
            List.of(
                TestTables.values(1L, held),
                TestTables.values(2L, 1, 2),
                TestTables.values(null, held),
                TestTables.values(3L, 0, 0, 0, Float.NaN, 0, 0)));
    List<Row> rows =
        Simulations.on(TestSpark.session())
            .network(network)
            .steps(STEPS)
            .transform(samples.coalesce(1))
            .select("sample_id", "failure", "steps")
            .collectAsList();
    assertThat(rows.get(0).toString()).isEqualTo("[1,null,80]");
    assertThat(rows.get(1).getString(1)).startsWith("wrong_length: 2 values; the network takes 6");
    assertThat(rows.get(2).getString(1)).startsWith("no_sample_id: ");
    assertThat(rows.get(3).getString(1)).isEqualTo("not_finite: NaN at step 0, element 3");
    assertThat(rows).hasSize(4);
    assertThat(rows.get(3).isNullAt(2)).isTrue();
    assertThatThrownBy(
            () ->
                Simulations.on(TestSpark.session())
                    .network(network)
                    .steps(1)
                    .transform(samples.drop("input")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("the DataFrame has the columns sample_id BIGINT");
    assertThatThrownBy(
            () ->
                Simulations.on(TestSpark.session())
                    .network(network)
                    .steps(1)
                    .transform(samples.withColumn("Rate", functions.lit(1))))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("the DataFrame has a column Rate")
        .hasMessageContaining("rename it or drop it");
  }

  @Test
  void lazySimulationsTellWhatTheyDo() {
    Dataset<Row> samples =
        TestTables.table(TestTables.VALUES, List.of(TestTables.values(1L, 0, 1, 0, 1, 0, 1)))
            .withColumn("input", functions.expr("cast(input as array<double>)"));
    List<String> messages = new ArrayList<>();
    TestSpark.session().conf().set("spark.velella.tile-size", "3");
    try {
      Simulations.on(TestSpark.session())
          .network(network)
          .steps(1)
          .backend("scalar")
          .onMessage(messages::add)
          .transform(samples);
    } finally {
      TestSpark.session().conf().unset("spark.velella.tile-size");
    }
    assertThat(messages)
        .anySatisfy(line -> assertThat(line).startsWith("not read: spark.velella.tile-size; "))
        .anySatisfy(line -> assertThat(line).contains("input", "rounded to float32"))
        .anySatisfy(line -> assertThat(line).contains("backend scalar"));
  }

  @Test
  void anInputInPlaceOfAnotherHasAFormatOfItsOwn() {
    String events = TestRuns.events(folder, STEPS).toString();
    long last = 0;
    for (int[] row : TestRuns.eventRows(STEPS)) {
      last = Math.max(last, row[0]);
    }
    assertThat(job("later").stimulus("constant").input(events).plan().samples())
        .isEqualTo(last + 1);
    SimulationJob wrong = job("later").inputFormat("csv");
    assertThatThrownBy(wrong::plan)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("leave the input's format and options out");
  }

  @Test
  void spacesOfSweepsAreGivenOnceAndStrictly() {
    SweepJob sweep = SweepJob.on(TestSpark.session()).space("\"hidden.tau=1,2\"");
    assertThatThrownBy(() -> sweep.space("\"hidden.tau=3\""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("two parameter spaces; make them one");
    for (String text : List.of("", "{", "{} {}", "{\"zip\": [], \"zip\": []}")) {
      assertThatThrownBy(() -> SweepJob.on(TestSpark.session()).space(text))
          .as(text)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("The parameter space ");
    }
  }

  @Test
  void sweepsOfProgramsAreThoseOfTheCommandLine() {
    CommandLineRun run =
        CommandLineRun.of(
            "sweep",
            "--network=" + network,
            "--input=" + TestRuns.events(folder, STEPS),
            "--samples=" + TestRuns.SAMPLES,
            "--steps=40",
            "--range-size=16",
            "--grid=hidden.tau=0.001,0.003",
            "--zip=readout.v_threshold=0.3,0.6",
            "--vary=hidden.v_threshold=uniform:0.3:0.5",
            "--sobol=2",
            "--seeds=3,4",
            "--output=" + at("sweep-cli"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    SimulationResult sweep =
        SweepJob.on(TestSpark.session())
            .network(network)
            .input(samples())
            .steps(40)
            .rangeSize(16)
            .grid("hidden.tau", 0.001, 0.003)
            .zip("readout.v_threshold=0.3,0.6")
            .vary("hidden.v_threshold=uniform:0.3:0.5")
            .sobol(2)
            .seeds("3,4")
            .output(at("sweep-java"))
            .run();
    assertThat(sweep.trials().count()).isEqualTo(2 * 2 * 2 * 2);
    assertThat(sweep.results().count()).isEqualTo(16L * TestRuns.SAMPLES);
    assertThat(RunHash.of(folder.resolve("sweep-java")))
        .isEqualTo(RunHash.of(folder.resolve("sweep-cli")));
  }
}
