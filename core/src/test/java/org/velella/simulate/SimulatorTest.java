package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;

class SimulatorTest {
  private static final int STEPS = 40;
  private static final int SAMPLES = 6;

  private static Simulator simulator(Network network, Probes probes, SimulatorOptions options) {
    return new Simulator(network, new ScalarBackend(), probes, options);
  }

  private static void assertStatesEqual(TileState actual, TileState expected) {
    assertThat(actual.step()).isEqualTo(expected.step());
    for (int i = 0; i < expected.memories().size(); i++) {
      assertThat(actual.memories().get(i).bitEquals(expected.memories().get(i)))
          .as("memory %d: %s and %s", i, actual.memories().get(i), expected.memories().get(i))
          .isTrue();
    }
    assertThat(actual.spikeCounts().bitEquals(expected.spikeCounts())).isTrue();
    assertThat(actual.firstSpikeStep().bitEquals(expected.firstSpikeStep())).isTrue();
  }

  private static List<Network> networks(SplittableRandom random) {
    return List.of(
        TestNetworks.recurrent(random, FirstStep.ZERO),
        TestNetworks.recurrent(random, FirstStep.ZERO_INPUT),
        TestNetworks.convolutional(random));
  }

  private static Probes probes(Network network) {
    String neuron =
        network.nodes().stream()
            .filter(node -> node.operation().spikes())
            .findFirst()
            .orElseThrow()
            .name();
    return Probes.parse("spikes,v:'" + neuron + "',h:'" + neuron + "'", network);
  }

  @Seeded
  void chunksTilesAndPausesNeverShow(SplittableRandom random) {
    for (Network network : networks(random)) {
      int size = network.inputSize();
      float[] input = TestNetworks.input(random, STEPS, SAMPLES, size);
      RowRecorder whole = new RowRecorder();
      TileState expected;
      try (Simulator one = simulator(network, probes(network), SimulatorOptions.DEFAULT)) {
        expected =
            one.run(
                one.initial(SAMPLES, TileParameters.NONE),
                TestNetworks.slice(input, SAMPLES, size, 0, SAMPLES),
                STEPS,
                TileParameters.NONE,
                whole);
      }
      assertThat(java.util.Arrays.stream(expected.spikeCounts().ints()).sum()).isPositive();

      int cut = 1 + random.nextInt(STEPS - 1);
      int split = 1 + random.nextInt(SAMPLES - 1);
      SimulatorOptions tight = new SimulatorOptions(1 << 20, 1 + random.nextInt(5));
      RowRecorder parts = new RowRecorder();
      List<TileState> tiles = new ArrayList<>();
      try (Simulator many = simulator(network, probes(network), tight)) {
        for (int[] tile : new int[][] {{0, split}, {split, SAMPLES}}) {
          TileInput slice = TestNetworks.slice(input, SAMPLES, size, tile[0], tile[1]);
          parts.firstSample(tile[0]);
          TileState state = many.initial(tile[1] - tile[0], TileParameters.NONE);
          state = many.run(state, slice, cut, TileParameters.NONE, parts);
          tiles.add(many.run(state, slice, STEPS - cut, TileParameters.NONE, parts));
        }
      }
      assertStatesEqual(TileState.concat(tiles), expected);
      assertThat(parts.sorted()).isEqualTo(whole.sorted());
      assertThat(TileState.concat(tiles).slice(split, SAMPLES).memories().get(0))
          .matches(m -> m.bitEquals(tiles.get(1).memories().get(0)));
    }
  }

  @Seeded
  void runLeavesItsArgumentsUnchanged(SplittableRandom random) {
    Network network = TestNetworks.recurrent(random, FirstStep.ZERO);
    float[] input = TestNetworks.input(random, STEPS, SAMPLES, 5);
    try (Simulator one = simulator(network, Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileInput all = TestNetworks.slice(input, SAMPLES, 5, 0, SAMPLES);
      TileState from = one.initial(SAMPLES, TileParameters.NONE);
      TileState once = one.run(from, all, STEPS, TileParameters.NONE, RecordSink.NONE);
      assertStatesEqual(one.initial(SAMPLES, TileParameters.NONE), from);
      TileState again = one.run(from, all, STEPS, TileParameters.NONE, RecordSink.NONE);
      assertStatesEqual(again, once);
    }
  }

  /** Chunks of which nothing is kept but counts are long ones; the first spikes come late. */
  @Test
  void longChunksGiveTheBitsOfShortOnes() {
    Network network = population(500.0, 0.0);
    TileInput held =
        new TileInput() {
          @Override
          public void fill(long firstStep, int steps, float[] target) {
            for (int at = 0; at < target.length; at++) {
              target[at] = 0.98f + at % (SAMPLES * 4) * 0.02f;
            }
          }

          @Override
          public boolean held() {
            return true;
          }
        };
    for (String backend : List.of("scalar", "vector")) {
      List<TileState> states = new ArrayList<>();
      for (int longest : new int[] {SimulatorOptions.DEFAULT.maxChunkSteps(), 7}) {
        SimulatorOptions options =
            new SimulatorOptions(SimulatorOptions.DEFAULT.chunkBytes(), longest);
        try (Simulator one =
            new Simulator(network, Backends.load().named(backend), Probes.NONE, options)) {
          TileState fresh = one.initial(SAMPLES, TileParameters.NONE);
          states.add(one.run(fresh, held, 5000, TileParameters.NONE, RecordSink.NONE));
        }
      }
      int[] counts = states.get(0).spikeCounts().ints();
      assertThat(counts).as(backend).contains(0);
      assertThat(Arrays.stream(counts).max().orElseThrow()).as(backend).isGreaterThan(3);
      assertStatesEqual(states.get(0), states.get(1));
    }
  }

  @Seeded
  void perSampleParametersGiveTheBitsOfSeparateRuns(SplittableRandom random) {
    double[] taus = {1.5, 2, 3.25, 7, 11, 20};
    double[] resets = {0, -0.25, 0.125, 0, -1, 0.5};
    float[] input = TestNetworks.input(random, STEPS, SAMPLES, 4);
    Network shared = population(2.0, 0.0);
    TileParameters parameters = TileParameters.of(Map.of("n.tau", taus, "n.v_reset", resets));
    try (Simulator batch = simulator(shared, Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileInput all = TestNetworks.slice(input, SAMPLES, 4, 0, SAMPLES);
      TileState start = batch.initial(SAMPLES, parameters);
      TileState together = batch.run(start, all, STEPS, parameters, RecordSink.NONE);
      for (int n = 0; n < SAMPLES; n++) {
        Network own = population(taus[n], resets[n]);
        try (Simulator single = simulator(own, Probes.NONE, SimulatorOptions.DEFAULT)) {
          TileState alone =
              single.run(
                  single.initial(1, TileParameters.NONE),
                  TestNetworks.slice(input, SAMPLES, 4, n, n + 1),
                  STEPS,
                  TileParameters.NONE,
                  RecordSink.NONE);
          assertStatesEqual(together.slice(n, n + 1), alone);
        }
      }
    }
  }

  private static Network population(double tau, double reset) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(4)))
        .node(
            "n",
            new NeuronOperation(
                TestNetworks.LIF,
                Map.of("tau", ParameterValue.of(tau), "v_reset", ParameterValue.of(reset))))
        .node("output", new OutputOperation())
        .edge("input", "n")
        .edge("n", "output")
        .build();
  }

  @Test
  void integrateAndFireAccumulatesInFloat32() {
    // 0.02 summed in float32 passes 1 at the 51st step, 0.05 at the 20th: SpikingJelly's figures.
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2)))
            .node("n", new NeuronOperation(TestNetworks.IF, Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "n")
            .edge("n", "output")
            .build();
    RowRecorder recorder = new RowRecorder();
    try (Simulator one =
        simulator(network, Probes.parse("spikes", network), SimulatorOptions.DEFAULT)) {
      TileInput constant =
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              target[2 * t] = 0.02f;
              target[2 * t + 1] = 0.05f;
            }
          };
      TileState state = one.initial(1, TileParameters.NONE);
      state = one.run(state, constant, 160, TileParameters.NONE, recorder);
      assertThat(state.spikeCounts().ints()).containsExactly(3, 8);
      assertThat(state.firstSpikeStep().ints()).containsExactly(50, 19);
    }
    assertThat(recorder.rows())
        .contains("n 0 50 0 x1", "n 0 101 0 x1", "n 0 152 0 x1", "n 0 19 1 x1", "n 0 39 1 x1");
  }

  @Test
  void oneStepDelayClosesACycle() {
    // x -> pass -> s, and s feeds back with weight 1: an impulse comes back one step later for
    // ever.
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node(
                "loop",
                new NeuronOperation(
                    org.velella.neuron.NeuronModel.parse(
                        """
                        model pass
                          fire s = x >= 0.5
                        """),
                    Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "loop")
            .edge("loop", "loop")
            .edge("loop", "output")
            .build();
    assertThat(network.memories()).containsOnlyKeys("loop.previous");
    RowRecorder recorder = new RowRecorder();
    try (Simulator one =
        simulator(network, Probes.parse("spikes", network), SimulatorOptions.DEFAULT)) {
      TileInput impulse =
          (first, steps, target) -> {
            for (int t = 0; t < steps; t++) {
              target[t] = first + t == 3 ? 1 : 0;
            }
          };
      one.run(one.initial(1, TileParameters.NONE), impulse, 6, TileParameters.NONE, recorder);
    }
    assertThat(recorder.rows()).containsExactly("loop 0 3 0 x1", "loop 0 4 0 x1", "loop 0 5 0 x1");
  }

  @Test
  void severalInputsAreCutFromOneRowInByteOrderOfTheirNames() {
    Network network =
        Network.builder()
            .node("b", new InputOperation(Shape.of(2)))
            .node("a", new InputOperation(Shape.of(2)))
            .node("sum", new NeuronOperation(TestNetworks.IF, Map.of()))
            .node("only.a", new NeuronOperation(TestNetworks.IF, Map.of()))
            .node("out1", new OutputOperation())
            .node("out2", new OutputOperation())
            .edge("b", "sum")
            .edge("a", "sum")
            .edge("a", "only.a")
            .edge("sum", "out1")
            .edge("only.a", "out2")
            .build();
    try (Simulator one = simulator(network, Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileInput row =
          (first, steps, target) ->
              System.arraycopy(new float[] {1, 0, 0.5f, 0.5f}, 0, target, 0, 4);
      TileState state =
          one.run(
              one.initial(1, TileParameters.NONE), row, 1, TileParameters.NONE, RecordSink.NONE);
      assertThat(state.spikeCounts().ints()).containsExactly(1, 0, 1, 0);
      assertThat(
              state
                  .memories()
                  .get(network.memories().keySet().stream().toList().indexOf("sum.v"))
                  .floats())
          .containsExactly(0f, 0.5f);
    }
  }

  @Test
  void parametersOfTheWrongLengthAreNamed() {
    try (Simulator one = simulator(population(2, 0), Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileParameters wrong = TileParameters.of(Map.of("n.tau", new double[] {2, 3}));
      assertThatThrownBy(() -> one.initial(3, wrong))
          .hasMessageContaining("n.tau")
          .hasMessageContaining("3 values")
          .hasMessageContaining("found 2");
    }
  }

  @Test
  void probesThatCannotBeAreRefusedWithWhatCan() {
    Network network = population(2, 0);
    assertThatThrownBy(() -> Probes.parse("v:nobody", network)).hasMessageContaining("nobody");
    assertThatThrownBy(() -> Probes.parse("u:n", network)).hasMessageContaining("n.v");
    assertThatThrownBy(() -> Probes.parse("voltage", network)).hasMessageContaining("v:n");
    assertThatThrownBy(() -> Probes.parse("spikes:input", network))
        .hasMessageContaining("does not spike");
    assertThatThrownBy(() -> Probes.parse("v:'n", network)).hasMessageContaining("quote");
    assertThat(Probes.parse("", network)).isEqualTo(Probes.NONE);
  }
}
