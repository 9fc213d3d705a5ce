package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.RangeState;
import org.velella.module.Sequential;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.Networks;
import org.velella.network.OutputOperation;
import org.velella.neuron.LifNode;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.NeuroscienceModels;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.frame.InputSources;
import org.velella.tensor.Shape;

class SweepIT {
  private static final int STEPS = 120;
  private static final String FOUR =
      "{\"product\": [\"hidden.tau=0.001:0.003:2\", \"readout.v_threshold=0.3,0.6\"]}";

  @TempDir Path folder;

  @BeforeEach
  void noFaults() {
    FaultyBackend.failNever();
  }

  private RunConfig.Builder sweep(String output, String space) {
    return TestRuns.config(folder, output, STEPS).space(space);
  }

  private RunOutcome run(RunConfig.Builder config) {
    return SimulateJob.run(TestSpark.session(), config.build());
  }

  private Dataset<Row> results(String output) {
    return RunTables.open(TestSpark.session(), folder.resolve(output).toString()).results();
  }

  /** Everything of a trial by sample, but for its place in files. */
  private List<String> rows(String output, String where) {
    return results(output).where(where).sort("sample_id").collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void aTrialInASweepIsTheTrialAlone() {
    RunPlan plan =
        SimulateJob.plan(TestSpark.session(), sweep("all", FOUR).build(), RunListener.SILENT);
    assertThat(plan.trials()).isEqualTo(4);
    assertThat(plan.samples()).isEqualTo(TestRuns.SAMPLES);
    assertThat(plan.left()).isEqualTo(4.0 * TestRuns.SAMPLES * STEPS);
    assertThat(plan.time().isKnown()).isTrue();
    assertThat(plan.time().tileSize()).isEqualTo(3);
    assertThat(run(sweep("all", FOUR)).samples()).isEqualTo(4 * TestRuns.SAMPLES);
    RunPlan again =
        SimulateJob.plan(TestSpark.session(), sweep("all", FOUR).build(), RunListener.SILENT);
    assertThat(again.left()).isZero();
    assertThat(again.time().isKnown()).isFalse();
    String alone = "{\"product\": [\"readout.v_threshold=0.6\", \"hidden.tau=0.003\"]}";
    run(sweep("one", alone).tileSize(5).rangeSize(7));
    String where = "`hidden.tau` = 0.003 AND `readout.v_threshold` = 0.6";
    List<String> in = rows("all", where);
    assertThat(in).hasSize(TestRuns.SAMPLES).allMatch(row -> row.contains("0.003"));
    // The columns stand in the order of the space, so they are compared by name.
    String columns =
        "trial_id, sample_id, seed, `hidden.tau`, `readout.v_threshold`, spike_counts,"
            + " first_spike_step, prediction, steps, rate";
    assertThat(
            results("one")
                .selectExpr(columns.split(", "))
                .sort("sample_id")
                .collectAsList()
                .toString())
        .isEqualTo(in.toString());
    assertThat(memories("one", id("one"))).isEqualTo(memories("all", id("one"))).isNotEmpty();
    assertThat(results("all").select("spike_counts").distinct().count())
        .as("trials that differ in their results")
        .isGreaterThan(TestRuns.SAMPLES);
  }

  private long id(String output) {
    return results(output).select("trial_id").first().getLong(0);
  }

  /** The memories of every sample of a trial, as text. */
  private Map<Long, String> memories(String output, long trial) {
    Map<Long, String> bySample = new TreeMap<>();
    for (RangeState state : TestRuns.states(folder.resolve(output))) {
      long[] trials = state.accumulators().get("trial_id").longs();
      for (int n = 0; n < trials.length; n++) {
        if (trials[n] == trial) {
          StringBuilder text = new StringBuilder();
          int row = n;
          state
              .memories()
              .forEach(
                  (name, memory) ->
                      text.append(name)
                          .append(java.util.Arrays.toString(memory.rows(row, row + 1).floats())));
          bySample.put(state.sampleIds().longs()[n], text.toString());
        }
      }
    }
    return bySample;
  }

  /** Weights of two nodes of a cycle, and of others, by one factor each; 1 is the plain run. */
  @Test
  void scalesOfWeightsAreParametersOfTrials() {
    run(sweep("all", "\"*.weight_scale=1,0.5,2\""));
    run(TestRuns.config(folder, "plain", STEPS));
    String counts = "sample_id, spike_counts, first_spike_step, prediction";
    assertThat(
            results("all")
                .where("`*.weight_scale` = 1")
                .selectExpr(counts.split(", "))
                .sort("sample_id")
                .collectAsList())
        .isEqualTo(
            results("plain").selectExpr(counts.split(", ")).sort("sample_id").collectAsList())
        .hasSize(TestRuns.SAMPLES);
    run(sweep("one", "\"*.weight_scale=2\"").tileSize(5).rangeSize(7).backend("auto"));
    assertThat(rows("one", "true")).isEqualTo(rows("all", "`*.weight_scale` = 2"));
    assertThat(memories("one", id("one"))).isEqualTo(memories("all", id("one"))).isNotEmpty();
    assertThat(results("all").select("spike_counts").distinct().count())
        .isGreaterThan(TestRuns.SAMPLES);
  }

  @Test
  void partitionsTilesAndInterruptionsDoNotShow() throws IOException {
    run(sweep("one", FOUR).partitions(1).record("spikes"));
    for (int partitions : new int[] {2, 7}) {
      run(sweep("p" + partitions, FOUR).partitions(partitions).tileSize(8).record("spikes"));
      TestRuns.assertSameRun(folder.resolve("one"), folder.resolve("p" + partitions));
    }
    FaultyBackend.failAfter(12);
    assertThatThrownBy(
            () ->
                run(
                    sweep("broken", FOUR)
                        .backend(FaultyBackend.NAME)
                        .checkpointEvery(50)
                        .record("spikes")))
        .isInstanceOf(RunFailedException.class);
    FaultyBackend.failNever();
    run(sweep("broken", FOUR).checkpointEvery(50).record("spikes"));
    TestRuns.assertSameRun(folder.resolve("one"), folder.resolve("broken"));
    assertThat(TestRuns.spikes(TestSpark.session(), folder.resolve("broken")))
        .isEqualTo(TestRuns.spikes(TestSpark.session(), folder.resolve("one")))
        .isNotEmpty();
  }

  @Test
  void morePointsExtendAndKeepWhatIsThere() throws IOException {
    run(sweep("run", "\"hidden.tau=0.001:0.003:3\""));
    Map<String, Long> before = rangeFiles("run");
    List<String> messages = new ArrayList<>();
    SimulateJob.run(
        TestSpark.session(),
        sweep("run", "\"hidden.tau=0.001:0.003:5\"").build(),
        TestRuns.collecting(messages));
    assertThat(messages).contains("The sweep has 5 trials, 2 of them new");
    assertThat(rangeFiles("run")).containsAllEntriesOf(before);
    run(sweep("once", "\"hidden.tau=0.001:0.003:5\""));
    assertThat(sorted("run")).isEqualTo(sorted("once")).hasSize(5 * TestRuns.SAMPLES);

    // The same again does nothing, and resume takes all of it further.
    SimulateJob.run(
        TestSpark.session(),
        sweep("run", "\"hidden.tau=0.001:0.003:3\"").build(),
        TestRuns.collecting(messages));
    assertThat(messages).contains("The sweep has 5 trials, 0 of them new");
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(folder.resolve("run").toString()).moreSteps(30).build());
    run(sweep("longer", "\"hidden.tau=0.001:0.003:5\"").steps(STEPS + 30));
    assertThat(sorted("run")).isEqualTo(sorted("longer"));

    // Without the file of the extension, the run would be another one.
    Path extension = folder.resolve("run/_run/trials/00000002.json");
    byte[] trials = Files.readAllBytes(extension);
    ResumeConfig resume = ResumeConfig.builder(folder.resolve("run").toString()).build();
    Files.delete(extension);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> ResumeJob.run(TestSpark.session(), resume))
        .withMessageContainingAll("has 120 samples", "describes 72", "_run/trials");
    for (boolean verify : new boolean[] {true, false}) {
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .isThrownBy(() -> RunReport.of(folder.resolve("run").toString(), verify))
          .withMessageContainingAll("has 120 samples", "describes 72", "_run/trials");
    }
    String others = new String(trials, UTF_8).replace("0.003", "0.004");
    Files.writeString(extension, others.replaceAll("crc32c:.*\n", ""));
    assertThatThrownBy(() -> ResumeJob.run(TestSpark.session(), resume))
        .hasMessageContaining("none of its trials in _run/trials");
    assertThat(RunReport.exitCode(RunReport.of(folder.resolve("run").toString(), true)))
        .isEqualTo(ExitCode.FAILED);
    Files.write(extension, trials);
    ResumeJob.run(TestSpark.session(), resume);
    assertThat(sorted("run")).isEqualTo(sorted("longer"));
  }

  /** An extension that fails takes nothing away, not even from sight. */
  @Test
  void resultsStayWhileASweepIsExtended() {
    run(sweep("run", "\"hidden.tau=0.001:0.003:3\""));
    List<String> before = sorted("run");
    FaultyBackend.failAfter(1);
    assertThatThrownBy(
            () ->
                run(
                    sweep("run", "\"hidden.tau=0.001:0.003:5\"")
                        .backend(FaultyBackend.NAME)
                        .checkpointEvery(50)))
        .isInstanceOf(RunFailedException.class);
    FaultyBackend.failNever();
    assertThat(sorted("run")).isEqualTo(before).hasSize(3 * TestRuns.SAMPLES);
    run(sweep("run", "\"hidden.tau=0.001:0.003:5\""));
    assertThat(sorted("run")).hasSize(5 * TestRuns.SAMPLES).containsAll(before);
  }

  /** A branch without changes ends as a longer sweep does; trials keep their values in it. */
  @Test
  void aSweepBranches() {
    run(sweep("run", FOUR));
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(folder.resolve("run").toString())
            .moreSteps(40)
            .output(folder.resolve("branch").toString())
            .build());
    run(sweep("longer", FOUR).steps(STEPS + 40));
    assertThat(sorted("branch")).isEqualTo(sorted("longer")).hasSize(4 * TestRuns.SAMPLES);
    assertThat(memories("branch", id("branch"))).isEqualTo(memories("longer", id("branch")));
    assertThat(results("run").selectExpr("max(steps)").first().getLong(0)).isEqualTo(STEPS);
  }

  private List<String> sorted(String output) {
    return results(output).sort("`hidden.tau`", "sample_id").collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  private Map<String, Long> rangeFiles(String output) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder.resolve(output).resolve("checkpoint/ranges"))) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Files.getLastModifiedTime(path).toMillis());
      }
    }
    return files;
  }

  @Test
  void aTrialThatCannotRunHarmsNoOther() {
    RunOutcome outcome = run(sweep("run", "\"hidden.tau=-1,0.002\""));
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED_SAMPLES);
    List<Row> failures =
        RunTables.open(TestSpark.session(), folder.resolve("run").toString())
            .failures()
            .selectExpr("reason", "detail", "sample_id")
            .distinct()
            .collectAsList();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).getString(0)).isEqualTo("invalid_parameters");
    assertThat(failures.get(0).getString(1)).contains("hidden").contains("tau");
    assertThat(results("run").count()).isEqualTo(TestRuns.SAMPLES);
  }

  @Test
  void whatCannotBeSweptIsRefusedBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> run(sweep("run", "\"hidden.taw=1,2\"")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("hidden.taw")
        .hasMessageContaining("hidden.tau");
    assertThat(folder.resolve("run")).doesNotExist();
    run(TestRuns.config(folder, "plain", 20));
    assertThatThrownBy(() -> run(TestRuns.config(folder, "plain", 20).space(FOUR)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("it is no sweep");
  }

  /**
   * A leaky neuron {@code v += (I - v) / tau} from 0 under a constant current reaches the threshold
   * 1 in step n = ceil(ln(1 - 1 / I) / ln(1 - 1 / tau)), and again every n steps.
   */
  @Test
  void theCurveOfRateAndCurrentIsTheAnalyticOne() throws IOException {
    Path network = folder.resolve("lif.safetensors");
    Files.write(
        network,
        NetworkCodec.toBytes(
            Networks.fromModule(new Sequential(LifNode.builder().tau(2).build()), Shape.of(1))));
    String path =
        NetworkCodec.fromBytes(Files.readAllBytes(network)).nodes().stream()
            .map(node -> node.path())
            .filter(name -> !name.equals("input") && !name.equals("output"))
            .findFirst()
            .orElseThrow();
    int steps = 1000;
    SimulateJob.run(
        TestSpark.session(),
        RunConfig.builder()
            .network(network.toString())
            .input("constant:current=0")
            .inputFormat(InputSources.STIMULUS)
            .space(
                "{\"product\": [\"%s.tau=2:20:7\", \"input.current=0.83:4.13:34\"]}"
                    .formatted(path))
            .steps(steps)
            .output(folder.resolve("run").toString())
            .build());
    List<Row> rows =
        results("run")
            .selectExpr("`%s.tau`".formatted(path), "`input.current`", "spike_counts[0]")
            .collectAsList();
    assertThat(rows).hasSize(7 * 34);
    int silent = 0;
    for (Row row : rows) {
      double tau = row.getDouble(0);
      double current = row.getDouble(1);
      int expected = 0;
      if (current > 1) {
        double period = Math.ceil(Math.log(1 - 1 / current) / Math.log(1 - 1 / tau));
        expected = (int) (steps / period);
      }
      silent += expected == 0 ? 1 : 0;
      assertThat(row.getInt(2)).as("tau %s, current %s", tau, current).isEqualTo(expected);
    }
    assertThat(silent).isBetween(7, 30);
  }

  /**
   * A neuron of time constant tau that rests for r steps and starts anew at v_r = 10 mV has, under
   * a current that would take it to RI, the rate 1 / (t_ref + tau ln((RI - v_r) / (RI - theta))),
   * where the time to the threshold ends with a step; from 0 mV it takes tau ln(RI / (RI - theta)).
   */
  @Test
  void theCurveHoldsWithRestsAndOtherThresholds() throws IOException {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("lif", new NeuronOperation(NeuroscienceModels.refractoryLif(), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "lif")
            .edge("lif", "output")
            .build();
    Path file = Files.write(folder.resolve("rests.safetensors"), NetworkCodec.toBytes(network));
    int steps = 20_000;
    double dt = 0.1;
    SimulateJob.run(
        TestSpark.session(),
        RunConfig.builder()
            .network(file.toString())
            .input("constant:current=0")
            .inputFormat(InputSources.STIMULUS)
            .space(
                "{\"product\": [\"lif.tau=10,20\", \"lif.v_threshold=14,20\","
                    + " \"lif.refractory=0,20,55\", \"input.current=0.04:0.64:13\"]}")
            .steps(steps)
            .output(folder.resolve("rests").toString())
            .build());
    List<Row> rows =
        results("rests")
            .selectExpr(
                "`lif.tau`",
                "`lif.v_threshold`",
                "`lif.refractory`",
                "`input.current`",
                "spike_counts[0]")
            .collectAsList();
    assertThat(rows).hasSize(2 * 2 * 3 * 13);
    int silent = 0;
    for (Row row : rows) {
      double tau = row.getDouble(0);
      double threshold = row.getDouble(1);
      double refractory = row.getDouble(2);
      // Jumps of a step, between which the potential decays.
      double driven = row.getDouble(3) / (1 - Math.exp(-dt / tau));
      double first = tau * Math.log(driven / (driven - threshold)) / dt;
      double again = tau * Math.log((driven - 10) / (driven - threshold)) / dt;
      // What float32 rounds may take a step that all but ends at the threshold to either side.
      int most = driven <= threshold ? 0 : count(steps, first - 0.01, refractory, again - 0.01);
      int least = driven <= threshold ? 0 : count(steps, first + 0.01, refractory, again + 0.01);
      silent += most == 0 ? 1 : 0;
      assertThat(row.getInt(4)).as("%s", row).isBetween(least, most);
      assertThat(most - least).as("%s", row).isLessThan(1 + most / 20);
    }
    assertThat(silent).isBetween(10, 40);
  }

  private static int count(int steps, double first, double refractory, double again) {
    double begin = Math.ceil(first);
    return begin > steps ? 0 : 1 + (int) ((steps - begin) / (refractory + Math.ceil(again)));
  }
}
