package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.BernoulliOperation;
import org.velella.module.Samples;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestModels;
import org.velella.testkit.TestSynapses;

/**
 * Tiles run by several threads at once, each with a simulator of its own as tasks have them, give
 * the digest of one thread and one tile on the scalar backend.
 */
class ThreadsTest {
  private static final int SAMPLES = 14;
  private static final int STEPS = 25;
  private static final long SEED = 5;

  /** Spikes drawn by sample, and layers and projections of each kind. */
  private static List<Network> networks(SplittableRandom random) {
    Shape shape = Shape.of(70);
    Connectivity synapses = TestSynapses.connectivity(random, 70, 70, 0.2);
    Network projections =
        Network.builder()
            .node("input", new InputOperation(shape))
            .node("encoder", BernoulliOperation.skip(0.5f))
            .node("late", TestSynapses.delayed(random, shape, shape, 0.2, 5))
            .node("a", new NeuronOperation(TestModels.lif(), Map.of()))
            .node("equal", new EqualWeightOperation(shape, shape, synapses, 0.3f))
            .node("b", TestModels.lifWithOwnThresholds(random, 70))
            .node("output", new OutputOperation())
            .edge("input", "encoder")
            .edge("encoder", "late")
            .edge("late", "a")
            .edge("a", "equal")
            .edge("equal", "b")
            .edge("b", "output")
            .build();
    Network population =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1200)))
            .node("a", new NeuronOperation(TestModels.lif(), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "a")
            .edge("a", "output")
            .build();
    return List.of(
        projections,
        population,
        TestLayers.chain(random, 90),
        TestNetworks.recurrent(random, FirstStep.ZERO),
        TestNetworks.convolutional(random));
  }

  @Seeded(times = 2)
  void neitherThreadsNorTilesShow(SplittableRandom random) throws Exception {
    for (Network network : networks(random)) {
      float[] input =
          TestInputs.sequence(random, STEPS * SAMPLES * network.inputSize(), random.nextBoolean());
      long expected = digest(network, new ScalarBackend(), input, SAMPLES, 1);
      for (Backend backend : Backends.load().available()) {
        for (int threads : new int[] {1, 2, 7}) {
          for (int tile : new int[] {1, 4, SAMPLES}) {
            assertThat(digest(network, backend, input, tile, threads))
                .as("%s, %d threads, tiles of %d", backend.name(), threads, tile)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static long digest(Network network, Backend backend, float[] input, int tile, int threads)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<TileState>> running = new ArrayList<>();
      for (int from = 0; from < SAMPLES; from += tile) {
        int first = from;
        int end = Math.min(SAMPLES, from + tile);
        running.add(pool.submit(() -> run(network, backend, input, first, end)));
      }
      List<TileState> states = new ArrayList<>();
      for (Future<TileState> each : running) {
        states.add(each.get());
      }
      return digest(TileState.concat(states));
    } finally {
      pool.shutdownNow();
    }
  }

  private static TileState run(Network network, Backend backend, float[] input, int from, int to) {
    long[] ids = new long[to - from];
    for (int n = from; n < to; n++) {
      ids[n - from] = 100 + n;
    }
    TileParameters whose = TileParameters.NONE.with(Samples.of(SEED, ids));
    TileInput slice = TestNetworks.slice(input, SAMPLES, network.inputSize(), from, to);
    try (Simulator simulator =
        new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState start = simulator.initial(to - from, whose);
      return simulator.run(start, slice, STEPS, whose, new RowRecorder());
    }
  }

  /** Of every bit of the memories and statistics, in order. */
  private static long digest(TileState state) {
    List<Tensor> all = new ArrayList<>(state.memories());
    all.addAll(state.statistics().values());
    long digest = 17;
    for (Tensor tensor : all) {
      for (int i = 0; i < tensor.size(); i++) {
        long bits =
            tensor.dtype() == DType.FLOAT32
                ? Tensor.canonicalBits(tensor.floats()[i])
                : tensor.dtype() == DType.INT64 ? tensor.longs()[i] : tensor.ints()[i];
        digest = digest * 0x9E3779B97F4A7C15L + bits;
      }
    }
    return digest;
  }
}
