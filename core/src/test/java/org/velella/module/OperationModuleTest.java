package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.number;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.LinearOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class OperationModuleTest {
  /** v' = v + x, y = v'; starts at 0.25, and with a bias per neuron where one is given. */
  private record Summing(float[] start) implements Operation {
    @Override
    public String kind() {
      return "summing";
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public List<MemorySpec> memories(Shape input) {
      float[] initial = start.length == 0 ? new float[input.size()] : start.clone();
      return List.of(new MemorySpec("v", MemoryScope.PER_SAMPLE, Tensor.of(input, initial)));
    }
  }

  /** Runs {@link Summing} and remembers what it was given. */
  private static class SummingEngine implements OperationExecutor {
    final List<Shape> inputs = new ArrayList<>();
    final List<String> chosen = new ArrayList<>();

    @Override
    public Result run(Operation operation, Tensor input, List<Tensor> memories) {
      inputs.add(input.shape());
      float[] v = memories.get(0).floats().clone();
      float[] x = input.floats();
      float[] y = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        v[i % v.length] += x[i];
        y[i] = v[i % v.length];
      }
      Tensor after = Tensor.of(memories.get(0).shape(), v);
      return new Result(Tensor.of(input.shape(), y), List.of(after));
    }

    @Override
    public List<String> backends() {
      return List.of("scalar");
    }

    @Override
    public OperationExecutor on(String backend) {
      chosen.add(backend);
      return this;
    }
  }

  private static final class Sums extends OperationModule {
    final SummingEngine engine = new SummingEngine();

    Sums(MemoryValue start, float... perNeuron) {
      super(new Summing(perNeuron), List.of(new NamedMemory("v", start)));
      executor(engine);
    }
  }

  /** Runs a real operation on the engine that is on the class path. */
  private static final class BuiltIn extends OperationModule {
    BuiltIn(Operation operation) {
      super(operation);
    }

    BuiltIn(Operation operation, NamedMemory memory) {
      super(operation, List.of(memory));
    }
  }

  @Test
  void memoryIsANumberUntilTheFirstInputShapesIt() {
    Sums module = new Sums(MemoryValue.scalar(0.25));
    assertThat(module.memories()).containsExactly(MemoryValue.scalar(0.25));
    assertThat(floats(module.forward(row(1, 2)))).containsExactly(1.25f, 2.25f);
    assertThat(module.memories()).containsExactly(tensor(1.25f, 2.25f));
    assertThat(module.operation()).isInstanceOf(Summing.class);
  }

  @Test
  void emptyMemoryStartsFromTheOperationsOwnValues() {
    Sums module = new Sums(MemoryValue.empty(), 10, 20);
    INDArray outputs = module.forward(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
    assertThat(floats(outputs)).containsExactly(11, 22, 13, 24);
    module.reset();
    assertThat(module.memory("v")).isEqualTo(MemoryValue.empty());
  }

  @Test
  void shapesReachTheEngineWithTimeAndBatch() {
    Sums module = new Sums(MemoryValue.scalar(0));
    module.forward(Nd4j.zeros(DataType.FLOAT, 4, 3, 2));
    module.reset();
    module.forward(row(1, 2, 3));
    module.reset();
    assertThat(module.forward(number(5)).shape()).isEmpty();
    assertThat(module.memory("v")).isEqualTo(MemoryValue.tensor(number(5)));
    Modules.setStepMode(module, StepMode.MULTI_STEP);
    module.reset();
    module.forward(Nd4j.zeros(DataType.FLOAT, 4, 3, 2));
    assertThat(module.memory("v").tensor().shape()).isEqualTo(Shape.of(3, 2));
    module.reset();
    assertThat(floats(module.forward(row(1, 2, 3)))).containsExactly(1, 3, 6);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.tensor(number(6)));
    assertThat(module.engine.inputs)
        .containsExactly(
            Shape.of(1, 4, 3, 2),
            Shape.of(1, 3),
            Shape.of(1, 1),
            Shape.of(4, 3, 2),
            Shape.of(3, 1));
  }

  @Test
  void inputOfAnotherTypeIsRefusedByName() {
    Sums module = new Sums(MemoryValue.scalar(0));
    assertThatThrownBy(() -> module.forward(Nd4j.createFromArray(1.0, 2.0)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("DOUBLE");
    assertThatThrownBy(() -> module.forward(Nd4j.createFromArray(1, 0)))
        .hasMessageContaining("INT");
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void numberOfInputsIsChecked() {
    Sums module = new Sums(MemoryValue.scalar(0));
    assertThatThrownBy(() -> module.forward(List.of(row(1), row(2))))
        .hasMessage("Sums takes one input, but got 2");
  }

  @Test
  void sequenceWithoutTimeAxisIsRefused() {
    Sums module = new Sums(MemoryValue.scalar(0));
    module.setStepMode("m");
    assertThatThrownBy(() -> module.forward(number(1))).hasMessageContaining("first axis");
  }

  @Test
  void memoryOfAnotherShapeIsRefusedBeforeTheEngineRuns() {
    Sums module = new Sums(MemoryValue.scalar(0));
    Memories.loadMemories(module, List.of(tensor(1, 2, 3)));
    assertThatThrownBy(() -> module.forward(row(1, 2)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("'v'")
        .hasMessageContaining("[3]")
        .hasMessageContaining("[2]");
    Memories.loadMemories(module, List.of(tensor(4, 5, 6)));
    Memories.loadMemories(module, List.of(MemoryValue.scalar(0)));
    Memories.loadMemories(module, List.of(MemoryValue.tensor(Nd4j.createFromArray(1.0, 2.0))));
    assertThatThrownBy(() -> module.forward(row(1, 2))).hasMessageContaining("FLOAT64");
    assertThat(module.engine.inputs).isEmpty();
  }

  @Test
  void resetMakesRoomForAnotherBatch() {
    Sums module = new Sums(MemoryValue.scalar(0.25));
    module.forward(row(1, 2, 3));
    assertThatThrownBy(() -> module.forward(row(1))).hasMessageContaining("reset");
    module.reset();
    assertThat(floats(module.forward(row(1)))).containsExactly(1.25f);
  }

  @Test
  void resizedBatchStartsNewSamplesFromTheOperationsValues() {
    Sums module = new Sums(MemoryValue.empty(), 10, 20);
    module.forward(Nd4j.createFromArray(new float[][] {{1, 2}}));
    module.resizeBatch(2);
    assertThat(module.memory("v").tensor().floats()).containsExactly(11, 22, 10, 20);
    assertThatThrownBy(
            () -> {
              Sums fresh = new Sums(MemoryValue.empty(), 10, 20);
              Memories.loadMemories(
                  fresh, List.of(MemoryValue.tensor(Nd4j.zeros(DataType.FLOAT, 1, 2))));
              fresh.resizeBatch(2);
            })
        .hasMessageContaining("override resizeBatch");
  }

  @Test
  void emptySequencesAndBatchesNeedNoEngine() {
    Sums module = new Sums(MemoryValue.scalar(0));
    module.setStepMode("m");
    assertThat(module.forward(Nd4j.create(DataType.FLOAT, 4, 0, 2)).shape())
        .containsExactly(4, 0, 2);
    assertThat(module.memory("v").tensor().shape()).isEqualTo(Shape.of(0, 2));
    assertThat(module.engine.inputs).isEmpty();
    module.reset();
    assertThat(module.forward(Nd4j.create(DataType.FLOAT, 0, 3, 2)).shape())
        .containsExactly(0, 3, 2);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void backendIsPassedToTheEngine() {
    Sums module = new Sums(MemoryValue.scalar(0));
    assertThat(module.supportedBackends()).containsExactly("auto", "scalar");
    assertThat(Modules.setBackend(module, "scalar")).isEqualTo(Map.of("", "scalar"));
    module.forward(row(1));
    assertThat(module.engine.chosen).containsExactly("scalar");
    assertThat(Modules.setBackend(module, "cuda")).isEqualTo(Map.of("", "scalar"));
    assertThat(module).hasToString("Sums(step_mode=s, backend=scalar)");
  }

  @Test
  void engineOnTheClassPathRunsStatelessOperations() {
    Tensor weight = Tensor.of(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6});
    BuiltIn linear = new BuiltIn(new LinearOperation(weight, null));
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {1, 1, 1}});
    INDArray outputs = linear.forward(x);
    assertThat(outputs.shape()).containsExactly(2, 2);
    assertThat(floats(outputs)).containsExactly(1, 4, 6, 15);
    assertThat(floats(Modules.seqToAnnForward(x.reshape(2, 1, 3), linear)))
        .containsExactly(1, 4, 6, 15);
    assertThatThrownBy(() -> linear.forward(Nd4j.zeros(DataType.FLOAT, 2, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4");
  }

  @Test
  void engineOnTheClassPathRunsNeurons() {
    NeuronOperation operation =
        new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of());
    BuiltIn neurons = new BuiltIn(operation, new NamedMemory("v", MemoryValue.scalar(0)));
    neurons.setStepMode("m");
    INDArray x = Nd4j.createFromArray(new float[][] {{0.5f}, {0.5f}, {0.75f}, {0.5f}});
    assertThat(floats(neurons.forward(x))).containsExactly(0, 1, 0, 1);
    assertThat(neurons.memory("v").tensor().dtype()).isEqualTo(DType.FLOAT32);
    assertThat(neurons.memory("v")).isEqualTo(tensor(0));
  }
}
