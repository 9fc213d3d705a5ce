package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/** One factor per trial on all weights of a node. */
class WeightScalingTest {
  private static final int STEPS = 9;
  private static final int WIDTH = 12;

  private static final List<String> SCALES =
      List.of("conv", "folded", "sparse", "equal", "rec", "later", "linear").stream()
          .map(node -> node + ".weight_scale")
          .toList();

  private static final NeuronModel LIF =
      NeuronModel.parse(
          """
          model lif
            parameter tau = 2.0, v_threshold = 0.4
            memory v = 0
            charge h = v + (x - v) / tau
            fire s = h >= v_threshold
            reset v = where(s, 0, h)
          """);

  private static Tensor random(SplittableRandom random, int... shape) {
    Shape of = Shape.of(shape);
    float[] values = new float[of.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(of, values);
  }

  /** Every source reaches two targets. */
  private static Connectivity ring(int sources, int targets) {
    float[] matrix = new float[targets * sources];
    for (int k = 0; k < sources; k++) {
      matrix[k % targets * sources + k] = 1;
      matrix[(k + 3) % targets * sources + k] = 1;
    }
    return Connectivity.ofNonZero(Tensor.of(Shape.of(targets, sources), matrix));
  }

  /** Delays of 1, 2 and 3 steps in turn. */
  private static DelayedSparseOperation later(Connectivity connectivity, Tensor weights) {
    int[] steps = new int[weights.size()];
    Arrays.setAll(steps, e -> 1 + e % 3);
    return new DelayedSparseOperation(
        Shape.of(connectivity.sources()),
        Shape.of(connectivity.targets()),
        connectivity,
        weights,
        Tensor.of(Shape.of(steps.length), steps));
  }

  /** All that has weights, one after the other, with a batch normalisation that is folded. */
  private static Network everything(SplittableRandom random) {
    Shape one = Shape.of(1, 1);
    Shape none = Shape.of(0, 0);
    return Network.builder()
        .node("input", new InputOperation(Shape.of(1, 3, 4)))
        .node(
            "conv",
            new ConvOperation(
                2, random(random, 2, 1, 2, 2), random(random, 2), one, none, none, one, 1))
        .node("a", new NeuronOperation(LIF, Map.of()))
        .node(
            "folded",
            new ConvOperation(
                2, random(random, 3, 2, 1, 1), random(random, 3), one, none, none, one, 1))
        .node(
            "norm",
            new BatchNormOperation(
                random(random, 3),
                random(random, 3),
                random(random, 3),
                Tensor.of(Shape.of(3), new float[] {0.5f, 1, 2}),
                1e-5))
        .node("b", new NeuronOperation(LIF, Map.of()))
        .node("flat", new FlattenOperation(0, -1))
        .node(
            "sparse",
            new SparseOperation(Shape.of(18), Shape.of(7), ring(18, 7), random(random, 36)))
        .node("c", new NeuronOperation(LIF, Map.of()))
        .node("equal", new EqualWeightOperation(Shape.of(7), Shape.of(5), ring(7, 5), 0.31f))
        .node("d", new NeuronOperation(LIF, Map.of()))
        .node("rec", new LinearOperation(random(random, 5, 5), random(random, 5)))
        .node("later", later(ring(5, 5), random(random, 10)))
        .node("linear", new LinearOperation(random(random, 4, 5), random(random, 4)))
        .node("e", new NeuronOperation(LIF, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "conv")
        .edge("conv", "a")
        .edge("a", "folded")
        .edge("folded", "norm")
        .edge("norm", "b")
        .edge("b", "flat")
        .edge("flat", "sparse")
        .edge("sparse", "c")
        .edge("c", "equal")
        .edge("equal", "d")
        .edge("d", "rec")
        .edge("rec", "d")
        .edge("d", "later")
        .edge("later", "d")
        .edge("d", "linear")
        .edge("linear", "e")
        .edge("e", "output")
        .build();
  }

  private static List<Backend> backends() {
    return Backends.load().all().stream().filter(each -> each.availability().available()).toList();
  }

  private static Simulator simulator(Network network, Backend backend) {
    return new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT);
  }

  private static TileState run(
      Simulator simulator, float[] input, int samples, int lo, int hi, TileParameters parameters) {
    TileInput tile = TestNetworks.slice(input, samples, WIDTH, lo, hi);
    TileState fresh = simulator.initial(hi - lo, parameters);
    return simulator.run(fresh, tile, STEPS, parameters, RecordSink.NONE);
  }

  private static void assertRows(
      TileState expected, int lo, int hi, TileState actual, Object what) {
    for (int m = 0; m < expected.memories().size(); m++) {
      assertThat(actual.memories().get(m).bitEquals(expected.memories().get(m).rows(lo, hi)))
          .as("memory %d of %s", m, what)
          .isTrue();
    }
    assertThat(actual.spikeCounts().bitEquals(expected.spikeCounts().rows(lo, hi))).isTrue();
  }

  @Seeded(times = 3)
  void aScaleOfOneLeavesEveryBit(SplittableRandom random) {
    Network network = everything(random);
    int samples = 5;
    float[] input = TestNetworks.input(random, STEPS, samples, WIDTH);
    Map<String, double[]> ones = new TreeMap<>();
    for (String path : SCALES) {
      double[] values = new double[samples];
      Arrays.fill(values, 1);
      ones.put(path, values);
    }
    for (Backend backend : backends()) {
      try (Simulator simulator = simulator(network, backend)) {
        TileState plain = run(simulator, input, samples, 0, samples, TileParameters.NONE);
        TileState scaled = run(simulator, input, samples, 0, samples, TileParameters.of(ones));
        assertRows(plain, 0, samples, scaled, backend.name());
      }
    }
  }

  /** Each of them with scales of its own, but for one, which has none. */
  @Seeded(times = 3)
  void trialsInOneTileGiveTheBitsOfSeparateRunsOnEveryBackend(SplittableRandom random) {
    Network network = everything(random);
    ParameterBinding binding =
        new ParameterBinding(network, SCALES.stream().map(Parameter::number).toList());
    List<Trial> trials = new ArrayList<>();
    int samples = 7;
    for (int n = 0; n < samples; n++) {
      TreeMap<String, Double> numbers = new TreeMap<>();
      for (String path : SCALES) {
        if (n > 0 && random.nextInt(4) > 0) {
          numbers.put(path, random.nextDouble(-1, 3));
        }
      }
      trials.add(new Trial(n, n, 1, numbers, new TreeMap<>()));
    }
    float[] input = TestNetworks.input(random, STEPS, samples, WIDTH);
    TileState first = null;
    for (Backend backend : backends()) {
      try (Simulator simulator = simulator(network, backend)) {
        TileParameters all = binding.parameters(trials, Samples.numbered());
        TileState together = run(simulator, input, samples, 0, samples, all);
        first = first == null ? together : first;
        assertRows(first, 0, samples, together, backend.name());
        for (int n = 0; n < samples; n++) {
          Trial trial = trials.get(n);
          TileParameters own = binding.parameters(List.of(trial), Samples.numbered());
          assertRows(together, n, n + 1, run(simulator, input, samples, n, n + 1, own), trial);
        }
      }
    }
  }

  /** By hand: sums without weights scaled, one product, the bias, then the neuron. */
  @Seeded(times = 3)
  void isOneProductOfTheSumAndThenTheBias(SplittableRandom random) {
    float[] weight = random(random, 3, WIDTH).floats();
    float[] bias = random(random, 3).floats();
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(WIDTH)))
            .node(
                "fc",
                new LinearOperation(
                    Tensor.of(Shape.of(3, WIDTH), weight), Tensor.of(Shape.of(3), bias)))
            .node("lif", new NeuronOperation(LIF, Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "fc")
            .edge("fc", "lif")
            .edge("lif", "output")
            .build();
    int samples = 4;
    double[] scales = {1, -0.7, 2.3, 0};
    float[] input = TestNetworks.input(random, STEPS, samples, WIDTH);
    TileParameters parameters = TileParameters.of(Map.of("fc.weight_scale", scales));
    for (Backend backend : backends()) {
      try (Simulator simulator = simulator(network, backend)) {
        float[] v =
            run(simulator, input, samples, 0, samples, parameters).memories().get(0).floats();
        for (int n = 0; n < samples; n++) {
          for (int o = 0; o < 3; o++) {
            float expected = 0;
            for (int t = 0; t < STEPS; t++) {
              float sum = 0;
              for (int k = 0; k < WIDTH; k++) {
                float x = input[(t * samples + n) * WIDTH + k];
                sum = Math.fma(x, weight[o * WIDTH + k], sum);
              }
              float y = (float) scales[n] * sum + bias[o];
              float h = expected + (y - expected) / 2;
              expected = h >= 0.4f ? 0 : h;
            }
            assertThat(v[n * 3 + o]).as("%s, sample %d", backend.name(), n).isEqualTo(expected);
          }
        }
      }
    }
  }

  /** So what is on its way is the same whatever the scale is. */
  @Test
  void whatArrivesLaterIsScaledWhenItArrives() {
    NeuronModel sum =
        NeuronModel.parse("model sum\n  memory v = 0\n  charge v = v + x\n  output y = v");
    Tensor weights = Tensor.of(Shape.of(2), new float[] {0.75f, 0.5f});
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("later", later(Connectivity.ofNonZero(ones(2, 1)), weights))
            .node("sum", new NeuronOperation(sum, Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "later")
            .edge("later", "sum")
            .edge("sum", "output")
            .build();
    TileParameters parameters = TileParameters.of(Map.of("later.weight_scale", new double[] {3}));
    for (Backend backend : backends()) {
      try (Simulator simulator = simulator(network, backend)) {
        TileInput once = (first, steps, target) -> target[0] = first == 0 ? 1 : 0;
        TileState fresh = simulator.initial(1, parameters);
        TileState one = simulator.run(fresh, once, 1, parameters, RecordSink.NONE);
        // Delays are 1 and 2 steps.
        assertThat(one.memories().get(0).floats()).containsExactly(0.75f, 0, 0, 0.5f);
        TileState two = simulator.run(one, once, 1, parameters, RecordSink.NONE);
        assertThat(two.memories().get(1).floats()).containsExactly(2.25f, 0);
        TileState three = simulator.run(two, once, 1, parameters, RecordSink.NONE);
        assertThat(three.memories().get(1).floats()).containsExactly(2.25f, 1.5f);
      }
    }
  }

  private static Tensor ones(int rows, int columns) {
    float[] values = new float[rows * columns];
    Arrays.fill(values, 1);
    return Tensor.of(Shape.of(rows, columns), values);
  }

  @Test
  void onlyPatternsThatNameScalesMeanThem() {
    Network network = everything(new SplittableRandom(1));
    TreeMap<String, Double> numbers = new TreeMap<>(Map.of("*.weight_scale", 2.0));
    Trial trial = new Trial(0, 0, 1, numbers, new TreeMap<>());
    ParameterBinding all =
        new ParameterBinding(network, List.of(Parameter.number("*.weight_scale")));
    assertThat(all.parameters(List.of(trial), Samples.numbered()).paths())
        .containsExactlyInAnyOrderElementsOf(SCALES);
    Trial star = new Trial(0, 0, 1, new TreeMap<>(Map.of("*", 2.0)), new TreeMap<>());
    assertThat(
            new ParameterBinding(network, List.of(Parameter.number("*")))
                .parameters(List.of(star), Samples.numbered())
                .paths())
        .contains("a.tau", "e.v_threshold")
        .noneMatch(path -> path.endsWith("weight_scale"));
    assertThatThrownBy(
            () -> new ParameterBinding(network, List.of(Parameter.number("norm.weight_scale"))))
        .hasMessageContainingAll("norm.weight_scale", "nearest are", "conv.weight_scale");
  }

  @Test
  void aScaleBeyondFloat32FailsTheTrial() {
    Network network = everything(new SplittableRandom(1));
    ParameterBinding binding =
        new ParameterBinding(network, List.of(Parameter.number("conv.weight_scale")));
    TreeMap<String, Double> numbers = new TreeMap<>(Map.of("conv.weight_scale", 1e39));
    assertThat(binding.refusal(new Trial(0, 0, 1, numbers, new TreeMap<>())))
        .hasValue("conv.weight_scale must be finite as a float32, found 1.0E39");
    numbers.put("conv.weight_scale", -3e38);
    assertThat(binding.refusal(new Trial(0, 0, 1, numbers, new TreeMap<>()))).isEmpty();
  }
}
