package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.Node;
import org.velella.network.OutputOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.OutputMetrics;
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
import org.velella.spark.plot.Plots;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;
import org.velella.sweep.Trials;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Trials with steps and weights of their own, and samples that a rule stops: each ends as if it had
 * been simulated alone, for so long.
 */
class EndsOfTrialsIT {
  private static final int STEPS = 120;
  private static final double DT = 1e-4;
  private static final int EVERY = 16;
  private static final String METRICS = "isi,fano:10,operations";
  private static final String RULE = "spikes >= 4";

  @TempDir Path folder;

  private Network plain;
  private Network strong;

  @BeforeEach
  void networks() throws IOException {
    FaultyBackend.failNever();
    plain = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", DT);
    strong = stronger(plain);
    Files.write(file("plain"), NetworkCodec.toBytes(plain));
    Files.write(file("strong"), NetworkCodec.toBytes(strong));
  }

  private Path file(String name) {
    return folder.resolve(name + ".safetensors");
  }

  /** The same network with weights of twice the size. */
  private static Network stronger(Network network) {
    Network.Builder builder = Network.builder();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof LinearOperation linear) {
        Tensor weights = linear.weight().copy();
        for (int i = 0; i < weights.size(); i++) {
          weights.floats()[i] *= 2;
        }
        builder.node(node.name(), new LinearOperation(weights, linear.bias()));
      } else {
        builder.node(node.name(), node.operation());
      }
    }
    network.edges().forEach(builder::edge);
    return builder.firstStep(network.firstStep()).build();
  }

  private RunConfig.Builder sweep(String output) {
    return TestRuns.config(folder, output, STEPS)
        .space(
            "{\"product\": [\"weights=%s,%s\", \"steps=37,64,%d\"]}"
                .formatted(file("plain"), file("strong"), STEPS))
        .stopWhen(RULE, EVERY)
        .metrics(METRICS);
  }

  private static RunOutcome run(RunConfig.Builder config) {
    return SimulateJob.run(TestSpark.session(), config.build());
  }

  /** The first range is all of trials of one step. */
  @Test
  void timeIsEstimatedByStepsThatTrialsHave() {
    RunPlan plan =
        SimulateJob.plan(
            TestSpark.session(),
            TestRuns.config(folder, "early", 1000)
                .rangeSize(TestRuns.SAMPLES)
                .space("\"steps=1,1000\"")
                .build(),
            RunListener.SILENT);
    assertThat(plan.left()).isEqualTo(1001.0 * TestRuns.SAMPLES);
    assertThat(plan.time().isKnown()).isTrue();
  }

  /** The input of one sample, from the events that all runs here read. */
  private static TileInput input(int sample) {
    float[][] values = new float[STEPS][TestNetwork.INPUTS];
    for (int[] event : TestRuns.eventRows(STEPS)) {
      if (event[0] == sample) {
        values[event[1]][event[2]] += 1;
      }
    }
    return (first, steps, target) -> {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(
            values[(int) first + t], 0, target, t * TestNetwork.INPUTS, TestNetwork.INPUTS);
      }
    };
  }

  /** A sample alone, step by step until its trial or the rule ends it. */
  private static TileState alone(Network network, int sample, long steps) {
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().named("scalar"),
            Probes.NONE,
            SimulatorOptions.DEFAULT,
            OutputMetrics.parse(METRICS))) {
      TileState state = simulator.initial(1, TileParameters.NONE);
      while (state.step() < steps && !isStopped(state)) {
        state = simulator.run(state, input(sample), 1, TileParameters.NONE, RecordSink.NONE);
      }
      return state;
    }
  }

  private static boolean isStopped(TileState state) {
    return state.step() > 0
        && state.step() % EVERY == 0
        && Arrays.stream(state.spikeCounts().ints()).sum() >= 4;
  }

  @Test
  void eachEndsAsIfAlone() throws IOException {
    run(sweep("run"));
    Map<Long, Long> stepsOfTrials = stepsOfTrials("run");
    Set<Long> ends = new HashSet<>();
    List<Row> rows = results("run");
    assertThat(rows).hasSize(6 * TestRuns.SAMPLES);
    for (Row row : rows) {
      boolean own = row.<String>getAs("weights").equals(file("plain").toString());
      long steps = row.<Double>getAs("trial_steps").longValue();
      assertThat(steps).isEqualTo(stepsOfTrials.get(row.getLong(0)));
      int sample = (int) row.<Long>getAs("sample_id").longValue();
      TileState expected = alone(own ? plain : strong, sample, steps);
      long ran = row.getAs("steps");
      assertThat(ran).as("%s", row).isEqualTo(expected.step());
      ends.add(ran);
      assertThat(row.getList(row.fieldIndex("spike_counts")))
          .isEqualTo(boxed(expected.spikeCounts()));
      assertThat(row.getList(row.fieldIndex("first_spike_step")))
          .isEqualTo(boxed(expected.firstSpikeStep()));
      int spikes = Arrays.stream(expected.spikeCounts().ints()).sum();
      assertThat(row.<Double>getAs("rate")).isEqualTo(spikes / 3.0 / (ran * DT));
      assertOperations(row, expected);
    }
    assertThat(ends)
        .as("trials that ran to their end, and samples that were stopped")
        .contains(37L, 64L, (long) STEPS)
        .anyMatch(end -> end < STEPS && end % EVERY == 0 && end != 64);
    assertThat(rows.stream().filter(row -> !row.isNullAt(row.fieldIndex("fano"))))
        .as("rows with a Fano factor")
        .isNotEmpty();
  }

  /** The lists of the results and the table of nodes. */
  private void assertOperations(Row row, TileState expected) {
    for (String name : List.of("node_spikes", "node_synops", "node_acs", "node_macs")) {
      long[] counts = expected.statistics().get(name).longs();
      assertThat(row.getList(row.fieldIndex(name)))
          .as(name)
          .isEqualTo(Arrays.stream(counts).boxed().toList());
    }
  }

  @Test
  void tableOfOperationsHasARowForEachNode() {
    run(TestRuns.config(folder, "counted", STEPS).metrics("operations:1:10"));
    RunTables tables = RunTables.open(TestSpark.session(), folder.resolve("counted").toString());
    List<Row> nodes = tables.operations().where("sample_id = 1").collectAsList();
    assertThat(nodes.stream().map(row -> row.getString(2)))
        .containsExactlyElementsOf(OutputMetrics.countedNodes(plain))
        .contains("hidden", "readout", "back");
    double energy = 0;
    Map<String, Row> byName = new TreeMap<>();
    for (Row node : nodes) {
      assertThat(node.getDouble(8)).isEqualTo(node.getLong(5) + 10.0 * node.getLong(6));
      energy += node.getDouble(8);
      byName.put(node.getString(2), node);
    }
    // Each spike of the hidden neurons meets the weights of 3 readouts.
    assertThat(byName.get("out").getLong(4)).isEqualTo(3 * byName.get("hidden").getLong(3));
    assertThat(byName.get("hidden").getLong(7)).isEqualTo((long) TestNetwork.HIDDEN * STEPS);
    assertThat(tables.results().where("sample_id = 1").first().<Double>getAs("energy_pj"))
        .isEqualTo(energy)
        .isPositive();
  }

  private static List<Integer> boxed(Tensor tensor) {
    return Arrays.stream(tensor.ints()).boxed().toList();
  }

  private List<Row> results(String output) {
    return RunTables.open(TestSpark.session(), folder.resolve(output).toString())
        .results()
        .sort("trial_id", "sample_id")
        .collectAsList();
  }

  /** The steps that each trial sets, by its id. */
  private Map<Long, Long> stepsOfTrials(String output) throws IOException {
    TrialList trials = new TrialsFile(new LocalCheckpointStore(folder.resolve(output))).trials();
    Map<Long, Long> steps = new TreeMap<>();
    for (long place = 0; place < trials.count(); place++) {
      Trial trial = trials.trial(place);
      steps.put(trial.id(), trial.numbers().get(Trials.STEPS).longValue());
    }
    return steps;
  }

  @Test
  void tilesCheckpointsAndFaultsDoNotShow() throws IOException {
    run(sweep("one").tileSize(64).partitions(1).record("spikes"));
    Map<String, String> expected = everything("one");
    run(sweep("two").tileSize(1).partitions(7).checkpointEvery(11).record("spikes"));
    assertThat(everything("two")).isEqualTo(expected);

    RunConfig.Builder interrupted =
        sweep("three").tileSize(5).checkpointEvery(17).record("spikes").backend(FaultyBackend.NAME);
    FaultyBackend.failOnce(60);
    assertThatThrownBy(() -> run(interrupted)).isInstanceOf(RunFailedException.class);
    FaultyBackend.failNever();
    run(interrupted);
    assertThat(everything("three")).isEqualTo(expected);

    // Nobody goes on whose steps are over, or who was stopped.
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(folder.resolve("one").toString()).moreSteps(40).build());
    assertThat(everything("one").keySet()).isEqualTo(expected.keySet());
    Map<Long, Long> stepsOfTrials = stepsOfTrials("one");
    for (Row row : results("one")) {
      assertThat(row.<Long>getAs("steps")).isLessThanOrEqualTo(stepsOfTrials.get(row.getLong(0)));
    }
  }

  /** Results, spikes and final memories of every trial and sample, as text. */
  private Map<String, String> everything(String output) {
    Map<String, String> all = new TreeMap<>();
    results(output)
        .forEach(
            row -> all.merge(row.getLong(0) + " " + row.getLong(1), row + "\n", String::concat));
    RunTables.open(TestSpark.session(), folder.resolve(output).toString())
        .spikes()
        .sort("trial_id", "sample_id", "node", "step", "neuron")
        .collectAsList()
        .forEach(
            row -> all.merge(row.getLong(0) + " " + row.getLong(1), row + "\n", String::concat));
    TestRuns.states(folder.resolve(output))
        .forEach(
            state -> {
              for (int n = 0; n < state.samples(); n++) {
                int row = n;
                String key =
                    state.accumulators().get("trial_id").longs()[n]
                        + " "
                        + state.sampleIds().longs()[n];
                String memories =
                    state.memories().values().stream()
                        .map(memory -> Arrays.toString(memory.rows(row, row + 1).floats()))
                        .collect(Collectors.joining());
                all.merge(key, memories, String::concat);
              }
            });
    return all;
  }

  @Test
  void aTrialOfOtherWeightsIsReproducedWithoutItsFile() throws IOException {
    // One trial of the file, and one of the run's own network.
    run(
        sweep("run")
            .space(
                "{\"union\": [{\"product\": [\"weights=%s\", \"steps=64\"]}, \"steps=37\"]}"
                    .formatted(file("strong"))));
    Files.delete(file("strong"));
    Files.delete(file("plain"));
    assertThatThrownBy(
            () ->
                new Plots(RunTables.open(TestSpark.session(), folder.resolve("run").toString()))
                    .curve("weights", "rate", "rate", null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("weights holds string, and an axis needs numbers");
    int reproduced = 0;
    for (Row row : results("run")) {
      if (row.<Long>getAs("sample_id") == 0) {
        reproduced++;
        Reproduction again =
            ReproduceJob.run(
                TestSpark.session(),
                ReproduceConfig.of(folder.resolve("run").toString())
                    .withTrial(row.get(0).toString()));
        assertThat(again.difference()).isEmpty();
      }
    }
    assertThat(reproduced).isEqualTo(2);

    // Kept in the run's directory, and that is seen without reading.
    JsonNode whole = RunReport.of(folder.resolve("run").toString(), false);
    assertThat(RunReport.exitCode(whole)).isZero();
    try (Stream<Path> kept = Files.list(folder.resolve("run/_run/weights"))) {
      Files.delete(kept.filter(file -> file.toString().endsWith(".safetensors")).findAny().get());
    }
    JsonNode report = RunReport.of(folder.resolve("run").toString(), false);
    assertThat(report.path("missing_files_of_run").toString()).contains("has lost the weights");
    assertThat(RunReport.exitCode(report)).isEqualTo(ExitCode.CHECKPOINT_UNUSABLE);
  }

  @Test
  void whatCannotBeSweptIsRefused() throws IOException {
    assertThatThrownBy(() -> run(sweep("more").steps(100)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("A trial has 120 steps and the run only 100");
    Files.write(file("strong"), NetworkCodec.toBytes(other()));
    assertThatThrownBy(() -> run(sweep("other")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(file("strong").toString())
        .hasMessageContaining("is not the network of");
    Files.write(file("strong"), NetworkCodec.toBytes(strong));
    run(sweep("run"));
    Files.write(file("strong"), NetworkCodec.toBytes(stronger(strong)));
    assertThatThrownBy(() -> run(sweep("run")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is not what it was");
    assertThatThrownBy(() -> run(sweep("rule").stopWhen("rat > 1", 10)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--stop-when");
    assertThatThrownBy(() -> run(sweep("run").stopWhen("rate > 1", EVERY)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--stop-when was 'spikes >= 4' and is 'rate > 1'");
    assertThat(new ArrayList<>(List.of(folder.toFile().list())))
        .doesNotContain("more", "other", "rule");
  }

  /** Another network, with inputs and outputs of the same shapes. */
  private static Network other() {
    Shape shape = Shape.of(TestNetwork.OUTPUTS, TestNetwork.INPUTS);
    return Network.builder()
        .node("input", new InputOperation(Shape.of(TestNetwork.INPUTS)))
        .node("fc", new LinearOperation(Tensor.of(shape, new float[shape.size()]), null))
        .node("output", new OutputOperation())
        .edge("input", "fc")
        .edge("fc", "output")
        .build();
  }
}
