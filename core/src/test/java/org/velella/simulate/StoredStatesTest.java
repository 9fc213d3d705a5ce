package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.vector.VectorBackend;
import org.velella.checkpoint.MemoryEntry;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.MaskedPsnOperation;
import org.velella.neuron.PsnOperation;
import org.velella.plan.TileParameters;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.LearningRule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.StoredMemories;
import org.velella.testkit.TestLearning;

/** States that go on from a file, on another backend and in other tiles, as if never saved. */
class StoredStatesTest {
  private static final int STEPS = 12;
  private static final int WINDOW = 3;
  private static final int SAMPLES = 4;

  private static Tensor numbers(SplittableRandom random, int... dims) {
    float[] numbers = new float[Shape.of(dims).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(Shape.of(dims), numbers);
  }

  /** Neurons whose spikes are late, so that some are on their way at every cut. */
  private static Network late(Operation neurons) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(5)))
        .node("neurons", neurons)
        .node("late", DelayOperation.of(2))
        .node("more", neurons)
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "late")
        .edge("late", "more")
        .edge("more", "output")
        .build();
  }

  /** Cuts fall between windows. */
  @Seeded
  void parallelNeuronsGoOnFromAFile(SplittableRandom random) {
    Tensor weight = numbers(random, WINDOW, WINDOW);
    assertGoesOn(random, late(new PsnOperation(weight, numbers(random, WINDOW))), WINDOW);
    Tensor wide = numbers(random, STEPS, STEPS);
    assertGoesOn(random, late(new MaskedPsnOperation(4, wide, numbers(random, STEPS))), 1);
  }

  /** Sparse and dense, of every rule; kernels; and weights that rows share. */
  @Seeded
  void learningGoesOnFromAFile(SplittableRandom random) {
    for (LearningRule rule : TestLearning.rules(random)) {
      double density = random.nextBoolean() ? 0.5 : 2;
      assertGoesOn(
          random,
          TestLearning.taughtByItsNeurons(TestLearning.operation(random, 5, 4, density, rule)),
          1);
      assertGoesOn(
          random, TestLearning.recurrent(TestLearning.operation(random, 4, 4, 0.5, rule)), 1);
    }
    assertGoesOn(random, TestLearning.taughtByItsNeurons(TestLearning.convolution(random)), 1);
    assertGoesOn(random, TestLearning.taughtByAnInput(TestLearning.shared(random, 5, 4)), 1);
  }

  private static void assertGoesOn(SplittableRandom random, Network network, int window) {
    int size = network.inputSize();
    float[] x = TestNetworks.input(random, STEPS, SAMPLES, size);
    TileState expected = run(new ScalarBackend(), 99, network, x, null, 0, SAMPLES, STEPS);
    int cut = window * (1 + random.nextInt(STEPS / window - 1));
    int chunk = 1 + random.nextInt(5);
    TileState half = run(new VectorBackend(), chunk, network, x, null, 0, SAMPLES, cut);
    List<MemoryEntry> entries = MemoryEntry.list(network.memories());
    TileState stored = half.with(StoredMemories.reread(cut, SAMPLES, entries, half.memories()));
    int split = 1 + random.nextInt(SAMPLES - 1);
    List<TileState> tiles = new ArrayList<>();
    for (int[] tile : new int[][] {{0, split}, {split, SAMPLES}}) {
      Backend other = random.nextBoolean() ? new ScalarBackend() : new VectorBackend();
      tiles.add(run(other, chunk, network, x, stored, tile[0], tile[1], STEPS - cut));
    }
    TileState end = TileState.concat(tiles);
    for (int i = 0; i < entries.size(); i++) {
      assertThat(end.memories().get(i).bitEquals(expected.memories().get(i)))
          .as("%s after a cut at %d", entries.get(i).name(), cut)
          .isTrue();
    }
    expected
        .statistics()
        .forEach(
            (name, values) ->
                assertThat(end.statistics().get(name).bitEquals(values)).as(name).isTrue());
  }

  /** Some samples, from a state of all or from the beginning. */
  private static TileState run(
      Backend backend,
      int chunk,
      Network network,
      float[] x,
      TileState from,
      int low,
      int high,
      int steps) {
    SimulatorOptions options = new SimulatorOptions(1 << 20, chunk);
    try (Simulator simulator = new Simulator(network, backend, Probes.NONE, options)) {
      TileState start =
          from == null ? simulator.initial(high - low, TileParameters.NONE) : from.slice(low, high);
      TileInput input = TestNetworks.slice(x, SAMPLES, network.inputSize(), low, high);
      return simulator.run(start, input, steps, TileParameters.NONE, RecordSink.NONE);
    }
  }
}
