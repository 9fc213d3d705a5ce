package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.backend.Backends;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Agreement;
import org.velella.testkit.MemoryAssert;
import org.velella.testkit.SpikeAssert;

/** SpikingJelly's convolutional network as a network, whose batch normalisation is folded. */
class ConvnetNetworkTest {
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void givesTheSeedsSpikesAndMemoriesWholeAndInTwoParts(String backend) throws IOException {
    ConvnetOracle oracle = ConvnetOracle.open();
    Network network = network(oracle);
    Tensor input = oracle.input();
    int steps = input.shape().dim(0);
    int samples = input.shape().dim(1);
    Tensor whole = Tensor.zeros(oracle.output().dtype(), oracle.output().shape());
    Tensor parts = Tensor.zeros(oracle.output().dtype(), oracle.output().shape());
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().select(backend).backend(),
            Probes.parse("spikes:9", network),
            SimulatorOptions.DEFAULT)) {
      TileState fresh = simulator.initial(samples, TileParameters.NONE);
      TileState end = simulator.run(fresh, feed(input), steps, TileParameters.NONE, into(whole));
      TileState cut =
          simulator.run(fresh, feed(input), oracle.cut(), TileParameters.NONE, into(parts));
      int rest = steps - oracle.cut();
      TileState resumed = simulator.run(cut, feed(input), rest, TileParameters.NONE, into(parts));

      SpikeAssert.assertSpikesEqual("9", oracle.output(), whole);
      SpikeAssert.assertSpikesEqual("9", whole, parts);
      Agreement bound = Agreement.within(ConvnetOracle.MEMORY_BOUND);
      MemoryAssert.assertMemoriesAgree(
          oracle.cut(), oracle.memoriesAtCut(), named(network, cut), bound);
      MemoryAssert.assertMemoriesAgree(steps, oracle.memoriesAtEnd(), named(network, end), bound);
      MemoryAssert.assertMemoriesEqual(steps, named(network, end), named(network, resumed));

      TileState loaded = cut.with(new ArrayList<>(oracle.memoriesAtCut().values()));
      Tensor fromSeed = parts.copy();
      Arrays.fill(fromSeed.floats(), oracle.cut() * fromSeed.size() / steps, fromSeed.size(), 0.0f);
      simulator.run(loaded, feed(input), rest, TileParameters.NONE, into(fromSeed));
      SpikeAssert.assertSpikesEqual("9", oracle.output(), fromSeed);
    }
  }

  private static Network network(ConvnetOracle oracle) throws IOException {
    List<Operation> layers =
        List.of(
            conv(oracle.weight("0.weight"), null, 1),
            new BatchNormOperation(
                oracle.weight("1.weight"),
                oracle.weight("1.bias"),
                oracle.weight("1.running_mean"),
                oracle.weight("1.running_var"),
                1e-5),
            new NeuronOperation(
                NeuronModels.lif(InputDecay.OFF, ResetKind.SOFT),
                Map.of("tau", ParameterValue.of(oracle.tau()))),
            pool(PoolOperation.Mode.AVERAGE),
            conv(oracle.weight("4.weight"), oracle.weight("4.bias"), 2),
            new NeuronOperation(
                NeuronModels.integrateAndFire(ResetKind.HARD),
                Map.of("v_threshold", ParameterValue.of(0.9))),
            pool(PoolOperation.Mode.MAXIMUM),
            new FlattenOperation(0, -1),
            new LinearOperation(oracle.weight("8.weight"), oracle.weight("8.bias")),
            new NeuronOperation(
                NeuronModels.parametricLif(InputDecay.ON, ResetKind.HARD),
                Map.of("w", ParameterValue.of(oracle.weight("9.w").floats()[0]))));
    Network.Builder builder =
        Network.builder().node("input", new InputOperation(oracle.input().shape().dropFirst(2)));
    String before = "input";
    for (int i = 0; i < layers.size(); i++) {
      String name = Integer.toString(i);
      builder.node(name, layers.get(i)).edge(before, name);
      before = name;
    }
    return builder.node("output", new OutputOperation()).edge(before, "output").build();
  }

  private static ConvOperation conv(Tensor weight, Tensor bias, int stride) {
    Shape one = Shape.of(1, 1);
    return new ConvOperation(2, weight, bias, Shape.of(stride, stride), one, one, one, 1);
  }

  private static PoolOperation pool(PoolOperation.Mode mode) {
    Shape two = Shape.of(2, 2);
    return new PoolOperation(mode, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW);
  }

  private static TileInput feed(Tensor input) {
    int frame = input.size() / input.shape().dim(0);
    return (firstStep, steps, target) ->
        System.arraycopy(input.floats(), (int) firstStep * frame, target, 0, steps * frame);
  }

  /** Writes the spikes into {@code [T, N, F]}. */
  private static RecordSink into(Tensor raster) {
    int samples = raster.shape().dim(1);
    int neurons = raster.shape().dim(2);
    return new RecordSink() {
      @Override
      public void spikes(String node, int sample, long step, int neuron, int count) {
        raster.floats()[((int) step * samples + sample) * neurons + neuron] += count;
      }

      @Override
      public void trace(
          String node, String variable, int sample, long step, float[] values, int at, int n) {
        throw new AssertionError("no trace was asked for");
      }
    };
  }

  private static Map<String, Tensor> named(Network network, TileState state) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    List<String> names = List.copyOf(network.memories().keySet());
    assertThat(names).hasSameSizeAs(state.memories());
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), state.memories().get(i));
    }
    return named;
  }
}
