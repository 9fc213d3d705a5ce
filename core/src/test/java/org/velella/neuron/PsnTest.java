package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.ModuleException;
import org.velella.module.MultiStepContainer;
import org.velella.module.Operation;
import org.velella.module.OperationModule;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.module.UnfitInputException;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.NetworkModule;
import org.velella.network.Networks;
import org.velella.network.OutputOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class PsnTest {
  /** Rows of numbers that float32 holds exactly. */
  private static final INDArray WEIGHT =
      Nd4j.createFromArray(new float[][] {{0, 1, 0}, {0.5f, 0, 0.5f}, {1, -1, 1}});

  private static final INDArray BIAS = Nd4j.createFromArray(-1f, -1f, -1f);

  private static float[] run(OperationModule module, float... x) {
    module.setStepMode(StepMode.MULTI_STEP);
    INDArray sequence = Nd4j.createFromArray(x).reshape(x.length, 1, 1);
    return NdArrays.toTensor(module.forward(sequence)).floats();
  }

  /** H = W X + b: the first step fires for what comes in the second. */
  @Test
  void everyStepSeesAllOfThem() {
    Psn psn = new Psn(WEIGHT, BIAS);
    // h: x1 - 1; (x0 + x2) / 2 - 1; x0 - x1 + x2 - 1.
    assertThat(run(psn, 0, 1, 0)).containsExactly(1, 0, 0);
    assertThat(run(psn, 1.5f, 0.5f, 0.5f)).containsExactly(0, 1, 1);
    assertThat(run(psn, 0, 1, 0, 1.5f, 0.5f, 0.5f)).containsExactly(1, 0, 0, 0, 1, 1);
    assertThat(psn.memories()).isEmpty();
  }

  /** Only weights of the last two inputs count: x0 - 1; x0 / 2 - 1; x2 - x1 - 1. */
  @Test
  void masksHideWhatIsOlderAndWhatIsToCome() {
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 9, 9}, {0.5f, 0, 9}, {9, -1, 1}});
    MaskedPsn masked = new MaskedPsn(2, weight, BIAS);
    assertThat(run(masked, 2, 1, 2)).containsExactly(1, 1, 1);
    MaskedPsn again = new MaskedPsn(2, weight, BIAS);
    assertThat(run(again, 2)).containsExactly(1);
    assertThat(run(again, 1, 1.5f)).containsExactly(1, 0);
    assertThat(Memories.extractMemories(again).names()).containsExactly("step", "past");
    assertThatThrownBy(() -> run(again, 1))
        .isInstanceOf(UnfitInputException.class)
        .hasMessageContaining(
            "(MaskedPSN) has weights for 3 steps and has run 3, so it cannot run 1 more");
    again.reset();
    assertThat(run(again, 2, 1, 2)).containsExactly(1, 1, 1);
  }

  @Test
  void stepsThatAreNoWholeSequencesAreRefused() {
    Psn psn = new Psn(WEIGHT, BIAS);
    assertThatThrownBy(() -> run(psn, 1, 2, 3, 4))
        .hasMessage("PSN takes 3 steps at a time, so it cannot run 4");
    assertThatThrownBy(() -> psn.setStepMode(StepMode.SINGLE_STEP))
        .isInstanceOf(ModuleException.class);
    Network network = Networks.fromModule(new Sequential(psn), Shape.of(2));
    try (Simulator simulator =
        new Simulator(network, new ScalarBackend(), Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState fresh = simulator.initial(1, TileParameters.NONE);
      assertThatThrownBy(
              () ->
                  simulator.run(
                      fresh,
                      (first, steps, target) -> {
                        throw new AssertionError("Nothing is to be computed");
                      },
                      4,
                      TileParameters.NONE,
                      RecordSink.NONE))
          .isInstanceOf(NetworkException.class)
          .hasMessage("Node '0' (PSN) takes 3 steps at a time, so it cannot run 4 steps after 0");
    }
  }

  private static INDArray nothing(long... step) {
    return Nd4j.create(DataType.FLOAT, 0, step[0], step[1]);
  }

  private static NetworkModule asNetwork(OperationModule neurons) {
    NetworkModule module = new NetworkModule(network(neurons.operation()).build());
    module.setStepMode(StepMode.MULTI_STEP);
    return module;
  }

  @Test
  void sequencesWithoutStepsGiveSuch() {
    Psn psn = new Psn(WEIGHT, BIAS);
    assertThat(psn.forward(nothing(2, 3)).shape()).containsExactly(0, 2, 3);
    assertThat(new Sequential(psn).forward(nothing(2, 3)).shape()).containsExactly(0, 2, 3);
    assertThat(asNetwork(psn).forward(nothing(5, 2)).shape()).containsExactly(0, 5, 2);
  }

  @Test
  void sequencesWithoutStepsFollowTheLastStepThatHasWeights() {
    MaskedPsn masked = new MaskedPsn(2, WEIGHT, BIAS);
    run(masked, 2, 1, 2);
    keepsMemoriesWithoutSteps(masked, 1, () -> masked.forward(nothing(1, 1)));

    NetworkModule network = asNetwork(masked);
    network.forward(Nd4j.zeros(DataType.FLOAT, 3, 4, 2));
    keepsMemoriesWithoutSteps(network, 4, () -> network.forward(nothing(4, 2)));

    masked.setStepMode(StepMode.SINGLE_STEP);
    MultiStepContainer container = new MultiStepContainer(masked);
    keepsMemoriesWithoutSteps(container, 1, () -> container.forward(nothing(1, 1)));
  }

  private static void keepsMemoriesWithoutSteps(
      Module module, int samples, Supplier<INDArray> forward) {
    MemoryList before = Memories.extractMemories(module);
    assertThat(before.get(0)).isEqualTo(MemoryValue.integer(3));
    assertThat(forward.get().shape()).startsWith(0, samples).hasSize(3);
    assertThat(Memories.extractMemories(module)).isEqualTo(before);
  }

  private static Tensor numbers(int... dims) {
    return Tensor.zeros(DType.FLOAT32, Shape.of(dims));
  }

  private static Network.Builder network(Operation neurons) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(2)))
        .node("neurons", neurons)
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "output");
  }

  @Test
  void filesKeepBoth() {
    for (Operation each :
        new Operation[] {
          new PsnOperation(numbers(4, 4), numbers(4)),
          new MaskedPsnOperation(2, numbers(4, 4), numbers(4))
        }) {
      Network network = network(each).build();
      byte[] bytes = NetworkCodec.toBytes(network);
      Network again = NetworkCodec.fromBytes(bytes);
      assertThat(NetworkCodec.toBytes(again)).isEqualTo(bytes);
      assertThat(again.node("neurons").operation().kind()).isEqualTo(each.kind());
      assertThat(again.spikes("output")).isTrue();
    }
    Operation other = new MaskedPsnOperation(3, numbers(4, 4), numbers(4));
    Operation masked = new MaskedPsnOperation(2, numbers(4, 4), numbers(4));
    assertThat(NetworkDigest.of(network(other).build()).value())
        .isNotEqualTo(NetworkDigest.of(network(masked).build()).value());
  }

  @Test
  void whatCannotBeIsRefused() {
    Network.Builder cycle = network(new PsnOperation(numbers(4, 4), numbers(4)));
    assertThatThrownBy(() -> cycle.edge("neurons", "neurons").build())
        .isInstanceOf(NetworkException.class)
        .hasMessage(
            "Node 'neurons' (PSN) takes 4 steps at a time, so it cannot be part of a cycle");
    assertThatThrownBy(() -> new PsnOperation(numbers(4, 3), numbers(4)))
        .hasMessageContaining("PSN needs FLOAT32 weights [T, T] and biases [T]")
        .hasMessageContaining("FLOAT32 [4, 3]");
    assertThatThrownBy(() -> new MaskedPsnOperation(5, numbers(4, 4), numbers(4)))
        .hasMessage("MaskedPSN of 4 steps must see 1 to 4 inputs, found k = 5");
  }
}
