package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeState;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.PsnOperation;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.RunHash;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Learning, short-term plasticity, delays and parallel neurons in a job: pieces give the whole, in
 * other partitions and tiles, and on another backend.
 */
class LearningRunIT {
  private static final int STEPS = 60;
  private static final int CUT = 30;

  @TempDir Path folder;

  private RunConfig.Builder config(Path network, String output, long steps) {
    return TestRuns.config(folder, output, steps).network(network.toString()).rangeSize(8);
  }

  /** Runs a network whole and in pieces; gives the states at the end. */
  private RangeState assertPiecesAreTheWhole(Path network) {
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    SimulateJob.run(
        TestSpark.session(), config(network, "whole", STEPS).partitions(1).tileSize(8).build());
    SimulateJob.run(
        TestSpark.session(),
        config(network, "pieces", CUT).backend("vector").checkpointEvery(10).partitions(3).build());
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(pieces.toString())
            .backend("vector")
            .moreSteps(STEPS - CUT)
            .partitions(2)
            .tileSize(5)
            .build());
    TestRuns.assertSameRun(whole, pieces);
    assertThat(RunHash.of(pieces)).isEqualTo(RunHash.of(whole));
    return TestRuns.states(whole).get(0);
  }

  private static void assertLearned(RangeState state, String memory) {
    Tensor weight = state.memories().get(memory);
    assertThat(weight.rows(0, 1).bitEquals(weight.rows(1, 2))).as("samples learn alike").isFalse();
  }

  @Test
  void populationsThatLearn() throws IOException {
    Path network =
        Files.writeString(
            folder.resolve("learning.yaml"),
            """
            seed: 3
            dt: 0.5 ms
            inputs: {kicks: 6}
            populations:
              p: {size: 6, model: lif}
              q: {size: 4, model: lif}
            projections:
              kick: {from: kicks, to: p, rule: one_to_one, weight: 3}
              there:
                from: p
                to: q
                rule: all_to_all
                weight: {uniform: [0.5, 2]}
                delay: {uniform: [0.5, 6]}
                short_term: {U: 0.6, tau_d: 10, tau_f: 5}
                plasticity: {stdp: {tau_pre: 5, tau_post: 5, rate: 0.1}}
              back: {from: q, to: p, rule: all_to_all, weight: 0.4, delay: {uniform: [0.5, 6]}}
            """);

    RangeState state = assertPiecesAreTheWhole(network);

    assertThat(state.memories().keySet())
        .contains("there.weight", "there.short_term.u", "there.delay.history", "back.pending");
    assertLearned(state, "there.weight");
  }

  @Test
  void valuesOfTrialsMayHaveUnitsThatModelsDeclare() throws IOException {
    Path network =
        Files.writeString(
            folder.resolve("units.yaml"),
            """
            seed: 3
            dt: 0.5 ms
            inputs: {kicks: 6}
            populations:
              p: {size: 6, model: lif_refractory, parameters: {tau: 20 ms}}
            projections:
              kick: {from: kicks, to: p, rule: one_to_one, weight: 3 mV}
            """);
    SimulateJob.run(
        TestSpark.session(),
        config(network, "units", 4).space("\"p.tau=10 ms,0.03 s,20000 us\"").build());
    assertThat(
            TestSpark.session()
                .read()
                .parquet(folder.resolve("units/results").toString())
                .selectExpr("`p.tau`")
                .distinct()
                .sort("`p.tau`")
                .collectAsList()
                .toString())
        .isEqualTo("[[10.0], [20.0], [30.0]]");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                SimulateJob.run(
                    TestSpark.session(), config(network, "none", 4).space("\"p.tau=1 V\"").build()))
        .withMessageContainingAll("p.tau=1 V", "is a potential", "wanted is a time");
  }

  private static Tensor numbers(int... dims) {
    float[] numbers = new float[Shape.of(dims).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i * 37 + 11) % 23 / 8f - 0.4f;
    }
    return Tensor.of(Shape.of(dims), numbers);
  }

  @Test
  void rowsThatShareWeightsAndParallelNeurons() throws IOException {
    PlasticOperation rows =
        PlasticOperation.of(
            2, Shape.of(3), Shape.of(4), numbers(4, 3), StdpRule.of(4, 3).rate(0.1f).bounds(-1, 4));
    NeuronOperation neurons = new NeuronOperation(BuiltInModels.named("lif"), Map.of());
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2, 3)))
            .node("rows", rows)
            .node("neurons", neurons)
            .node("psn", new PsnOperation(numbers(5, 5), numbers(5)))
            .node("output", new OutputOperation())
            .edge("input", "rows", PlasticOperation.X)
            .edge("input", "rows", PlasticOperation.PRE)
            .edge("rows", "neurons")
            .edge("neurons", "rows", PlasticOperation.POST)
            .edge("neurons", "psn")
            .edge("psn", "output")
            .build();
    Path file = folder.resolve("network.safetensors");
    Files.write(file, NetworkCodec.toBytes(network));

    RangeState state = assertPiecesAreTheWhole(file);

    assertLearned(state, "rows.weight");
    ResumeConfig.Builder resume = ResumeConfig.builder(folder.resolve("pieces").toString());
    assertThatThrownBy(() -> ResumeJob.run(TestSpark.session(), resume.moreSteps(3).build()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--steps is 63: Node 'psn' (PSN) takes 5 steps at a time");
    assertThatThrownBy(
            () ->
                ResumeJob.run(
                    TestSpark.session(), resume.moreSteps(20).checkpointEvery(12).build()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--checkpoint-every is 12: Node 'psn' (PSN) takes 5 steps");
    RunConfig stopped = config(file, "stopped", STEPS).stopWhen("spikes >= 3", 7).build();
    assertThatThrownBy(() -> SimulateJob.run(TestSpark.session(), stopped))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--stop-every is 7: Node 'psn' (PSN) takes 5 steps at a time");
  }
}
