package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestSynapses;

/**
 * A law: on every backend of this machine, random networks give the same bits however samples are
 * cut into tiles, time into runs, and runs into chunks.
 */
class CutsTest {
  private static List<Network> networks(SplittableRandom random) {
    List<Network> networks = new ArrayList<>();
    networks.add(TestNetworks.recurrent(random, FirstStep.ZERO_INPUT));
    networks.add(TestNetworks.convolutional(random));
    networks.add(projections(random, TestLayers.between(random, 1, 80)));
    Shape row = Shape.of(TestLayers.between(random, 1, 80));
    networks.add(between(row, TestLayers.linear(random, row.dim(0))));
    Shape image = TestLayers.imageShape(random);
    List<Operation> layers = TestLayers.onImages(random, image);
    networks.add(between(image, layers.get(random.nextInt(layers.size()))));
    return networks;
  }

  /** Neurons, a layer, and neurons on what it gives. */
  private static Network between(Shape shape, Operation layer) {
    NeuronOperation neurons = new NeuronOperation(TestNetworks.LIF, Map.of());
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("a", neurons)
        .node("layer", layer)
        .node("b", neurons)
        .node("output", new OutputOperation())
        .edge("input", "a")
        .edge("a", "layer")
        .edge("layer", "b")
        .edge("b", "output")
        .build();
  }

  /** Neurons behind each of three kinds of projections; those with delays form a cycle. */
  private static Network projections(SplittableRandom random, int size) {
    Shape in = Shape.of(size);
    Shape out = Shape.of(TestLayers.between(random, 1, 80));
    NeuronOperation neurons = new NeuronOperation(TestNetworks.LIF, Map.of());
    Connectivity first = TestSynapses.connectivity(random, size, out.size(), 0.3);
    Connectivity second = TestSynapses.connectivity(random, out.size(), out.size(), 0.2);
    return Network.builder()
        .node("input", new InputOperation(in))
        .node("a", neurons)
        .node("sparse", new SparseOperation(in, out, first, TestSynapses.weights(random, first)))
        .node("b", neurons)
        .node("late", TestSynapses.delayed(random, out, out, 0.2, 1 + random.nextInt(9)))
        .node("equal", new EqualWeightOperation(out, out, second, 0.75f))
        .node("c", neurons)
        .node("output", new OutputOperation())
        .edge("input", "a")
        .edge("a", "sparse")
        .edge("sparse", "b")
        .edge("b", "late")
        .edge("late", "b")
        .edge("b", "equal")
        .edge("equal", "c")
        .edge("c", "output")
        .build();
  }

  /** Ends of random parts of so many, the last of which is the whole. */
  private static List<Integer> cut(SplittableRandom random, int whole) {
    List<Integer> ends = new ArrayList<>();
    for (int end = 0; end < whole; ) {
      end = Math.min(whole, end + 1 + random.nextInt(whole));
      ends.add(end);
    }
    return ends;
  }

  /** One run of one backend. */
  private record Run(TileState state, List<String> rows) {}

  private static Run run(
      Network network,
      Backend backend,
      Probes probes,
      SimulatorOptions options,
      float[] input,
      List<Integer> tiles,
      List<Integer> steps) {
    int samples = tiles.get(tiles.size() - 1);
    RowRecorder rows = new RowRecorder();
    List<TileState> states = new ArrayList<>();
    try (Simulator simulator = new Simulator(network, backend, probes, options)) {
      int from = 0;
      for (int to : tiles) {
        TileInput slice = TestNetworks.slice(input, samples, network.inputSize(), from, to);
        rows.firstSample(from);
        TileState state = simulator.initial(to - from, TileParameters.NONE);
        int step = 0;
        for (int end : steps) {
          state = simulator.run(state, slice, end - step, TileParameters.NONE, rows);
          step = end;
        }
        states.add(state);
        from = to;
      }
    }
    return new Run(TileState.concat(states), rows.sorted());
  }

  @Seeded(times = 1)
  void noCutShowsOnAnyBackend(SplittableRandom random) {
    for (Network network : networks(random)) {
      int samples = TestLayers.between(random, 2, 6);
      int steps = TestLayers.between(random, 2, 30);
      float[] input =
          TestInputs.sequence(random, steps * samples * network.inputSize(), random.nextBoolean());
      // With spikes asked for and without, values between ops have other forms.
      Probes probes = random.nextBoolean() ? Probes.NONE : Probes.parse("spikes", network);
      List<Integer> oneTile = List.of(samples);
      List<Integer> oneRun = List.of(steps);
      Run expected =
          run(
              network,
              new ScalarBackend(),
              probes,
              SimulatorOptions.DEFAULT,
              input,
              oneTile,
              oneRun);
      for (Backend backend : Backends.load().available()) {
        SimulatorOptions tight =
            new SimulatorOptions(1L << random.nextInt(21), 1 + random.nextInt(20));
        List<Integer> tiles = cut(random, samples);
        List<Integer> runs = cut(random, steps);
        Run found = run(network, backend, probes, tight, input, tiles, runs);
        assertSame(
            "%s, tiles to %s, runs to %s, %s".formatted(backend.name(), tiles, runs, tight),
            found,
            expected);
        Run whole = run(network, backend, probes, SimulatorOptions.DEFAULT, input, oneTile, oneRun);
        assertSame(backend.name() + ", not cut", whole, expected);
      }
    }
  }

  private static void assertSame(String what, Run found, Run expected) {
    assertThat(found.rows()).as(what).isEqualTo(expected.rows());
    assertThat(found.state().step()).isEqualTo(expected.state().step());
    for (int m = 0; m < expected.state().memories().size(); m++) {
      assertThat(found.state().memories().get(m).bitEquals(expected.state().memories().get(m)))
          .as("memory %d of %s", m, what)
          .isTrue();
    }
    assertThat(found.state().spikeCounts().bitEquals(expected.state().spikeCounts()))
        .as("spike counts of %s", what)
        .isTrue();
    assertThat(found.state().firstSpikeStep().bitEquals(expected.state().firstSpikeStep()))
        .as("first spikes of %s", what)
        .isTrue();
  }
}
