package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.layer.FlattenOperation;
import org.velella.module.HostOperation;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.ModuleException;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryAssert;
import org.velella.testkit.Seeded;

class NetworkModuleTest {
  private static final int BATCH = 3;
  private static final int STEPS = 9;

  /** Adds up what comes in; the sum lies in a child. */
  public static final class Outer extends Module {
    private final Sum sum = registerModule("sum", new Sum());

    public Outer() {}

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return sum.forward(inputs);
    }
  }

  /** The child of {@link Outer}. */
  public static final class Sum extends MemoryModule {
    public Sum() {
      registerMemory("total", MemoryValue.scalar(0));
      registerMemory("steps", MemoryValue.integer(0));
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return List.of(materializeLike(inputs, memories, mode).get(0), memories.get(1));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray total = memories.get(0).array().add(inputs.get(0));
      MemoryValue steps = MemoryValue.integer((long) memories.get(1).number() + 1);
      return new StepResult(List.of(total), List.of(MemoryValue.tensor(total), steps));
    }
  }

  /** Two cycles, nested names, a user's module, several edges into a node. */
  private static Network recurrent() {
    return Network.builder()
        .node("in", Nets.input(4))
        .node("fc", Nets.linear(4, 0.25f, 0.125f, 0.25f, -0.125f, 0.5f))
        .node(List.of("block", "lif"), Nets.neurons())
        .node(List.of("block", "rec"), Nets.linear(4, -0.375f, 0.0625f, 0, 0, 0.25f))
        .node("host", HostOperation.of(new Outer()))
        .node("flat.ten", new FlattenOperation(0, 0))
        .node("out", Nets.output())
        .edge("in", "fc")
        .edge("fc", "block.lif")
        .edge("block.lif", "block.rec")
        .edge("block.rec", "block.lif")
        .edge("block.lif", "host")
        .edge("host", "host")
        .edge("host", "flat.ten")
        .edge("flat.ten", "out")
        .build();
  }

  private static Tensor random(SplittableRandom random, Shape shape) {
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.5, 1.5);
    }
    return Tensor.of(shape, values);
  }

  private static TileState simulate(Network network, TileState from, Tensor input) {
    int frame = BATCH * network.inputSize();
    SimulatorOptions options = new SimulatorOptions(1 << 20, 4);
    try (Simulator simulator = new Simulator(network, new ScalarBackend(), Probes.NONE, options)) {
      TileState start = from == null ? simulator.initial(BATCH, TileParameters.NONE) : from;
      long first = start.step();
      return simulator.run(
          start,
          (step, steps, target) ->
              System.arraycopy(
                  input.floats(), (int) (step - first) * frame, target, 0, steps * frame),
          input.shape().dim(0),
          TileParameters.NONE,
          RecordSink.NONE);
    }
  }

  private static Map<String, Tensor> named(Network network, TileState state) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    int i = 0;
    for (String path : network.memories().keySet()) {
      named.put(path, state.memories().get(i++));
    }
    return named;
  }

  private static Map<String, Tensor> named(Module module) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    Memories.namedMemories(module).forEach(m -> named.put(m.name(), m.value().tensor()));
    return named;
  }

  private static NetworkModule multiStep(Network network) {
    NetworkModule module = new NetworkModule(network);
    Modules.setStepMode(module, StepMode.MULTI_STEP);
    return module;
  }

  @Test
  void memoriesHaveThePathsAndTheOrderOfTheNetwork() {
    NetworkModule module = new NetworkModule(recurrent());

    assertThat(Memories.extractMemories(module).names())
        .isEqualTo(List.copyOf(recurrent().memories().keySet()))
        .containsExactly(
            "block.lif.v",
            "block.rec.previous",
            "host.previous",
            "host.sum.total",
            "host.sum.steps");
    assertThat(module.namedChildren()).containsOnlyKeys("fc", "block", "host", "flat.ten");
  }

  @Seeded(times = 3)
  void forwardGivesTheBitsOfTheEngineInBothStepModes(SplittableRandom random) {
    Network network = recurrent();
    Tensor input = random(random, Shape.of(STEPS, BATCH, 4));
    TileState end = simulate(network, null, input);

    NetworkModule sequence = multiStep(network);
    INDArray outputs = sequence.forward(NdArrays.toArray(input));
    NetworkModule steps = new NetworkModule(network);
    List<Float> single = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      Tensor step = input.rows(t, t + 1).reshape(Shape.of(BATCH, 4));
      for (float value : NdArrays.toTensor(steps.forward(NdArrays.toArray(step))).floats()) {
        single.add(value);
      }
    }

    MemoryAssert.assertMemoriesEqual(STEPS, named(network, end), named(sequence));
    MemoryAssert.assertMemoriesEqual(STEPS, named(network, end), named(steps));
    assertThat(NdArrays.toTensor(outputs).floats()).containsExactly(single.toArray(Float[]::new));
    assertThat(single).as("something happens").anyMatch(value -> value > 0);
  }

  @Seeded(times = 3)
  void loadedMemoriesRunOnAsTheEngineDoes(SplittableRandom random) {
    Network network = recurrent();
    Tensor first = random(random, Shape.of(5, BATCH, 4));
    Tensor second = random(random, Shape.of(4, BATCH, 4));
    TileState half = simulate(network, null, first);
    TileState end = simulate(network, half, second);

    NetworkModule module = multiStep(network);
    Memories.loadMemories(module, MemoryList.of(named(network, half)));
    module.forward(NdArrays.toArray(second));

    MemoryAssert.assertMemoriesEqual(9, named(network, end), named(module));
  }

  @Test
  void functionalForwardLeavesTheModuleAlone() {
    NetworkModule module = multiStep(recurrent());
    INDArray input = NdArrays.toArray(random(new SplittableRandom(1), Shape.of(2, BATCH, 4)));
    MemoryList before = Memories.extractMemories(module);

    StepResult result = Memories.toFunctionalForward(module).run(List.of(input), before);

    assertThat(Memories.extractMemories(module)).isEqualTo(before);
    module.forward(input);
    assertThat(Memories.extractMemories(module)).isEqualTo(result.memories());
  }

  @Test
  void forwardThatFailsLeavesTheMemories() {
    NetworkModule module = new NetworkModule(recurrent());
    INDArray good = NdArrays.toArray(random(new SplittableRandom(2), Shape.of(BATCH, 4)));
    module.forward(good);
    MemoryList before = Memories.extractMemories(module);

    INDArray wide = NdArrays.toArray(random(new SplittableRandom(2), Shape.of(BATCH, 5)));
    assertThatThrownBy(() -> module.forward(wide))
        .isInstanceOf(NetworkException.class)
        .hasMessage("The network takes input of shape [4] per sample and step, found [5]");
    INDArray few = NdArrays.toArray(random(new SplittableRandom(2), Shape.of(2, 4)));
    assertThatThrownBy(() -> module.forward(few)).isInstanceOf(ModuleException.class);

    assertThat(Memories.extractMemories(module)).isEqualTo(before);
  }

  @Test
  void resetStartsAFreshRun() {
    NetworkModule module = multiStep(recurrent());
    INDArray input = NdArrays.toArray(random(new SplittableRandom(3), Shape.of(4, BATCH, 4)));
    INDArray first = module.forward(input);
    Modules.resetNet(module);

    assertThat(module.forward(input)).isEqualTo(first);
  }

  @Test
  void batchGrowsWithSamplesAtTheirInitialValues() {
    Network network =
        Network.builder()
            .firstStep(FirstStep.ZERO_INPUT)
            .node("in", Nets.input(2))
            .node("lif", Nets.neurons())
            .node("rec", Nets.linear(2, 0, 0.5f, 0.25f))
            .node("out", Nets.output())
            .edge("in", "lif")
            .edge("lif", "rec")
            .edge("rec", "lif")
            .edge("lif", "out")
            .build();
    NetworkModule module = new NetworkModule(network);
    module.forward(NdArrays.toArray(Tensor.of(Shape.of(1, 2), new float[] {0.125f, 0.25f})));
    assertThat(named(module).get("lif.v").floats()).containsExactly(0.625f, 0.5f);

    Modules.resizeBatch(module, 2);

    assertThat(named(module).get("lif.v").floats()).containsExactly(0.625f, 0.5f, 0, 0);
    assertThat(named(module).get("rec.previous").floats())
        .containsExactly(0.5f, 0.25f, 0.5f, 0.25f);
  }

  @Test
  void nodesRunAloneAndKeepTheirLastOutputWhereACycleNeedsIt() {
    NetworkModule module = new NetworkModule(recurrent());
    Module block = module.namedChildren().get("block");
    MemoryModule rec = (MemoryModule) block.namedChildren().get("rec");
    INDArray ones = NdArrays.toArray(Tensor.of(Shape.of(1, 4), new float[] {1, 1, 1, 1}));

    INDArray output = rec.forward(ones);

    // 4 * -0.375 plus the biases
    assertThat(NdArrays.toTensor(output).floats()).containsExactly(-1.4375f, -1.5f, -1.5f, -1.25f);
    assertThat(rec.memory("previous").array()).isEqualTo(output);
    assertThatThrownBy(() -> block.forward(ones))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("only holds memories");
  }

  @Test
  void severalInputsAndOutputsLieOneAfterTheOther() {
    Network network =
        Network.builder()
            .node("a", Nets.input(2))
            .node("b", Nets.input(1, 2))
            .node("x", Nets.scale(10))
            .node("y", Nets.scale(100))
            .node("out1", Nets.output())
            .node("out2", Nets.output())
            .edge("a", "x")
            .edge("b", "y")
            .edge("y", "out1")
            .edge("x", "out2")
            .build();
    Tensor input = Tensor.of(Shape.of(2, 1, 4), new float[] {1, 2, 3, 4, 5, 6, 7, 8});

    INDArray output = multiStep(network).forward(NdArrays.toArray(input));

    assertThat(NdArrays.toTensor(output).floats())
        .containsExactly(300, 400, 10, 20, 700, 800, 50, 60);
    assertThat(NdArrays.shape(output)).isEqualTo(Shape.of(2, 1, 4));
  }

  @Test
  void backendCanBeChosenAndGivesTheSameBits() {
    Network network = recurrent();
    Tensor input = random(new SplittableRandom(4), Shape.of(STEPS, BATCH, 4));
    NetworkModule module = multiStep(network);
    assertThat(module.supportedBackends()).contains("auto", "scalar");
    assertThat(module.backend()).isEqualTo("auto");
    INDArray expected = module.forward(NdArrays.toArray(input));

    NetworkModule scalar = multiStep(network);
    scalar.setBackend("scalar");

    assertThat(scalar.forward(NdArrays.toArray(input))).isEqualTo(expected);
  }
}
