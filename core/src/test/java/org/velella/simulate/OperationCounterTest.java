package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/** Operations of nodes against counts by hand and the published cases of SpikingJelly's counter. */
class OperationCounterTest {
  private static final OutputMetrics OPERATIONS = OutputMetrics.parse("operations");

  private static Tensor halves(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.size()];
    java.util.Arrays.fill(values, 0.5f);
    return Tensor.of(shape, values);
  }

  /** Counts of the only counted node after steps with this input {@code [steps, 1, *]}. */
  private static Map<String, Long> counts(Operation operation, Shape shape, float... input) {
    Network network =
        Network.builder()
            .node("input", new InputOperation(shape))
            .node("node", operation)
            .node("output", new OutputOperation())
            .edge("input", "node")
            .edge("node", "output")
            .build();
    assertThat(OutputMetrics.countedNodes(network)).containsExactly("node");
    return counts(network, 0, input);
  }

  private static Map<String, Long> counts(Network network, int node, float... input) {
    int size = network.inputSize();
    TileState state =
        run(network, "scalar", input, input.length / size, SimulatorOptions.DEFAULT, 1, 0, 1);
    return Map.of(
        "synops", at(state, OutputMetrics.NODE_SYNAPTIC_OPERATIONS, node),
        "acs", at(state, OutputMetrics.NODE_ADDITIONS, node),
        "macs", at(state, OutputMetrics.NODE_PRODUCTS, node));
  }

  private static long at(TileState state, String name, int node) {
    return state.statistics().get(name).longs()[node];
  }

  private static Map<String, Long> of(long synops, long acs, long macs) {
    return Map.of("synops", synops, "acs", acs, "macs", macs);
  }

  /** Samples {@code [from, to)} of an input, in two runs one after the other. */
  private static TileState run(
      Network network,
      String backend,
      float[] input,
      int cut,
      SimulatorOptions options,
      int samples,
      int from,
      int to) {
    int size = network.inputSize();
    int steps = input.length / size / samples;
    TileInput tile = TestNetworks.slice(input, samples, size, from, to);
    try (Simulator one =
        new Simulator(network, Backends.load().named(backend), Probes.NONE, options, OPERATIONS)) {
      TileState state = one.initial(to - from, TileParameters.NONE);
      state = one.run(state, tile, cut, TileParameters.NONE, RecordSink.NONE);
      return one.run(state, tile, steps - cut, TileParameters.NONE, RecordSink.NONE);
    }
  }

  @Test
  void spikeTakesAnAdditionForEachWeightItMeets() {
    Operation linear = new LinearOperation(halves(3, 4), halves(3));
    assertThat(counts(linear, Shape.of(4), 1, 0, 0, 1)).isEqualTo(of(6, 6, 0));
    assertThat(counts(linear, Shape.of(4), 0, 0, 0, 0)).isEqualTo(of(0, 0, 0));
  }

  @Test
  void otherInputTakesProductsOfAllWeights() {
    Operation linear = new LinearOperation(halves(3, 4), null);
    // Two steps of 4 * 3, at 4.6 pJ each.
    Map<String, Long> dense = counts(linear, Shape.of(4), 0.5f, 0, 0, 0, 2, 0, 1, 0);
    assertThat(dense).isEqualTo(of(0, 0, 24));
    assertThat(OperationEnergy.DEFAULT.of(0, 24)).isCloseTo(110.4, within(1e-9));
    // Spikes in one step, none in the next: each is looked at by itself.
    assertThat(counts(linear, Shape.of(4), 1, 1, 0, 0, 1, 2, 0, 0)).isEqualTo(of(6, 6, 12));
  }

  @Test
  void weightsOfZeroAndOneTakeAdditionsOnly() {
    Operation linear =
        new LinearOperation(Tensor.of(Shape.of(2, 3), new float[] {1, 0, 1, 0, 0, 1}), null);
    assertThat(counts(linear, Shape.of(3), 0, 1, 1)).isEqualTo(of(2, 2, 0));
    assertThat(counts(linear, Shape.of(3), 0.5f, 1, 1)).isEqualTo(of(3, 3, 0));
  }

  @Test
  void paddingIsMetByNothing() {
    Shape one = Shape.of(1, 1);
    Operation conv =
        new ConvOperation(2, halves(2, 1, 3, 3), null, one, one, one, Shape.of(1, 1), 1);
    float[] spikes = new float[16];
    spikes[0] = 1;
    spikes[5] = 1;
    // The corner meets 4 windows, the pixel inside 9, of 2 channels each.
    assertThat(counts(conv, Shape.of(1, 4, 4), spikes)).isEqualTo(of(26, 26, 0));
    spikes[5] = 0.5f;
    assertThat(counts(conv, Shape.of(1, 4, 4), spikes)).isEqualTo(of(0, 0, 16 * 2 * 9));
  }

  @Test
  void stridesDilationsAndGroupsDecideWhichWindowsMeet() {
    // Windows begin at 0 and 2 of 5 elements and take elements 0 and 2 from there on.
    Operation conv =
        new ConvOperation(
            1, halves(4, 1, 2), null, Shape.of(2), Shape.of(0), Shape.of(0), Shape.of(2), 2);
    long[] windows = {1, 0, 2, 0, 1};
    for (int i = 0; i < 5; i++) {
      float[] spikes = new float[10];
      spikes[5 + i] = 1;
      // Each input channel leads to the two output channels of its group.
      assertThat(counts(conv, Shape.of(2, 5), spikes))
          .isEqualTo(of(2 * windows[i], 2 * windows[i], 0));
    }
  }

  @Test
  void onlySynapsesCount() {
    Connectivity some = new Connectivity(3, new int[] {0, 3, 3, 4}, new int[] {0, 1, 2, 1});
    Tensor weight = halves(4);
    Tensor delays = Tensor.of(Shape.of(4), new int[] {1, 2, 0, 1});
    Shape three = Shape.of(3);
    for (Operation each :
        List.of(
            new SparseOperation(three, three, some, weight),
            new EqualWeightOperation(three, three, some, 0.25f),
            new DelayedSparseOperation(three, three, some, weight, delays))) {
      assertThat(counts(each, three, 1, 1, 0)).isEqualTo(of(3, 3, 0));
      assertThat(counts(each, three, 1, 0, 2)).isEqualTo(of(0, 0, 4));
    }
  }

  @Test
  void poolsAndNormsTakeWhatTheyTakeOfAnyInput() {
    Shape two = Shape.of(2, 2);
    PoolOperation mean =
        new PoolOperation(
            PoolOperation.Mode.AVERAGE, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW);
    // Three additions in each of 3 * 1 * 2 windows.
    assertThat(counts(mean, Shape.of(3, 2, 4), new float[24])).isEqualTo(of(0, 18, 0));
    BatchNormOperation norm =
        new BatchNormOperation(halves(3), halves(3), halves(3), halves(3), 1e-5);
    assertThat(counts(norm, Shape.of(3, 2, 4), new float[24])).isEqualTo(of(0, 27, 24));
  }

  @Test
  void spikesThatMeetTakeAnAdditionEach() {
    Network network =
        Network.builder()
            .node("a", new InputOperation(Shape.of(2, 3)))
            .node("b", new InputOperation(Shape.of(2, 3)))
            .node("output", new OutputOperation())
            .edge("a", "output")
            .edge("b", "output")
            .build();
    float[] ones = new float[12];
    java.util.Arrays.fill(ones, 1);
    assertThat(counts(network, 0, ones)).isEqualTo(of(0, 12, 0));
    assertThat(OperationEnergy.DEFAULT.of(12, 0)).isCloseTo(10.8, within(1e-9));
    ones[0] = 0.5f;
    assertThat(counts(network, 0, ones)).isEqualTo(of(0, 6, 0));
  }

  @Seeded
  void countsDoNotDependOnTilesChunksCutsOrBackends(SplittableRandom random) {
    for (Network network :
        List.of(
            TestNetworks.recurrent(random, FirstStep.ZERO), TestNetworks.convolutional(random))) {
      int steps = 23;
      float[] input = TestNetworks.input(random, steps, 3, network.inputSize());
      TileState whole = run(network, "scalar", input, steps, SimulatorOptions.DEFAULT, 3, 0, 3);
      SimulatorOptions tight = new SimulatorOptions(1 << 20, 1 + random.nextInt(9));
      for (String backend : List.of("scalar", "vector")) {
        int cut = random.nextInt(steps);
        List<TileState> parts =
            List.of(
                run(network, backend, input, cut, tight, 3, 0, 1),
                run(network, backend, input, cut, tight, 3, 1, 3));
        TileState joined = TileState.concat(parts);
        whole
            .statistics()
            .forEach(
                (name, tensor) ->
                    assertThat(joined.statistics().get(name).bitEquals(tensor))
                        .as("%s on %s", name, backend)
                        .isTrue());
      }
      assertThat(whole.statistics().get(OutputMetrics.NODE_SPIKES).longs()).contains(0L);
      assertOfSpikes(network, whole, steps);
    }
  }

  /** Where every spike meets as many weights, counts follow from the number of spikes. */
  private static void assertOfSpikes(Network network, TileState state, int steps) {
    List<String> nodes = OutputMetrics.countedNodes(network);
    if (!nodes.contains("rec")) {
      return;
    }
    int width = nodes.size();
    for (int n = 0; n < 3; n++) {
      long[] spikes = state.statistics().get(OutputMetrics.NODE_SPIKES).longs();
      long[] synops = state.statistics().get(OutputMetrics.NODE_SYNAPTIC_OPERATIONS).longs();
      long[] updates = state.statistics().get(OutputMetrics.NODE_UPDATES).longs();
      long hidden = spikes[n * width + nodes.indexOf("hidden.lif")];
      assertThat(hidden).isPositive();
      assertThat(synops[n * width + nodes.indexOf("readout")]).isEqualTo(3 * hidden);
      // The recurrent weights get spikes a step late: at most the last 7 are on their way.
      assertThat(7 * hidden - synops[n * width + nodes.indexOf("rec")]).isBetween(0L, 49L);
      assertThat(updates[n * width + nodes.indexOf("hidden.lif")]).isEqualTo(7L * steps);
    }
  }

  @Test
  void textSaysWhatOperationsTake() {
    assertThat(OutputMetrics.parse("operations:0.9:4.6").toString()).isEqualTo("operations");
    assertThat(OutputMetrics.parse("operations:0.4:1.5").energy())
        .contains(new OperationEnergy(0.4, 1.5));
    assertThat(OutputMetrics.parse("isi,operations:0.4:1.5").toString())
        .isEqualTo("isi,operations:0.4:1.5");
    assertThatThrownBy(() -> OutputMetrics.parse("operations:0.9"))
        .hasMessageContaining("operations:0.9:4.6");
    assertThatThrownBy(() -> OutputMetrics.parse("operations,operations"))
        .hasMessageContaining("twice");
  }
}
