package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.module.HostOperation;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;

/** A module that a user wrote against ND4J runs in the engine like any node. */
class HostModuleTest {
  /** y = the running sum of x times a factor; counts its steps in an integer memory. */
  public static final class RunningSum extends MemoryModule {
    private final Map<String, String> arguments;

    public RunningSum(Map<String, String> arguments) {
      this.arguments = arguments;
      registerMemory("sum", MemoryValue.scalar(0));
      registerMemory("steps", MemoryValue.integer(0));
    }

    @Override
    protected Map<String, String> arguments() {
      return arguments;
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      INDArray step = mode == StepMode.MULTI_STEP ? inputs.get(0).slice(0) : inputs.get(0);
      return List.of(memories.get(0).like("sum", step), memories.get(1));
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      float factor = Float.parseFloat(arguments.get("factor"));
      INDArray sum = memories.get(0).array().add(inputs.get(0).mul(factor));
      return new StepResult(
          List.of(sum),
          List.of(
              MemoryValue.tensor(sum), MemoryValue.integer((long) memories.get(1).number() + 1)));
    }
  }

  private static Network network() {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(2)))
        .node("sum", HostOperation.of(new RunningSum(Map.of("factor", "2"))))
        .node("if", new NeuronOperation(TestNetworks.IF, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "sum")
        .edge("sum", "if")
        .edge("if", "output")
        .build();
  }

  @Test
  void runsInTheEngineWithItsOwnMemories() {
    Network network = network();
    assertThat(network.memories().keySet()).containsExactly("sum.sum", "sum.steps", "if.v");
    TileInput input =
        (first, steps, target) -> {
          for (int i = 0; i < target.length && i < steps * 4; i++) {
            target[i] = 0.125f * (i % 4);
          }
        };
    try (Simulator one =
        new Simulator(
            network, new ScalarBackend(), Probes.NONE, new SimulatorOptions(1 << 20, 3))) {
      TileState half =
          one.run(
              one.initial(2, TileParameters.NONE), input, 2, TileParameters.NONE, RecordSink.NONE);
      TileState state = one.run(half, input, 2, TileParameters.NONE, RecordSink.NONE);
      // After 4 steps the sums are 4 * 2 * x.
      assertThat(state.memories().get(0).floats()).containsExactly(0, 1, 2, 3);
      assertThat(state.memories().get(1).doubleAt(0)).isEqualTo(4);
      // Neuron with sums .25 .5 .75 1: v .25 .75 then 1.5 fires, then 1 fires.
      assertThat(state.spikeCounts().ints()).containsExactly(0, 2, 3, 3);
    }
  }
}
