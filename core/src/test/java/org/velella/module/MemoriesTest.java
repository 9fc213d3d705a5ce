package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.number;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Delay;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.Linear;
import org.velella.module.TestModules.Outer;
import org.velella.module.TestModules.StepCounter;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class MemoriesTest {
  /** A module without memories that holds others. */
  private static class Holder extends Module {
    Holder with(String name, Module child) {
      registerModule(name, child);
      return this;
    }

    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  private static Sequential threeNeurons() {
    INDArray eye = Nd4j.eye(2).castTo(DataType.FLOAT);
    return new Sequential(
        new Linear(eye),
        new IntegrateAndFire(),
        new Linear(eye),
        new IntegrateAndFire(),
        new IntegrateAndFire());
  }

  private static List<String> names(Module module) {
    return Memories.namedMemories(module).stream().map(NamedMemory::name).toList();
  }

  private static ModuleError errorOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return ((ModuleException) org.assertj.core.api.Assertions.catchThrowable(call)).error();
  }

  @Test
  void everyNeuronOfASequenceIsNamed() {
    assertThat(names(threeNeurons())).containsExactly("1.v", "3.v", "4.v");
  }

  @Test
  void prefixStandsBeforeEveryName() {
    assertThat(Memories.namedMemories(threeNeurons(), "test_model"))
        .extracting(NamedMemory::name)
        .containsExactly("test_model.1.v", "test_model.3.v", "test_model.4.v");
    assertThat(Memories.namedMemories(new Accumulator(), "layer"))
        .extracting(NamedMemory::name)
        .containsExactly("layer.v");
  }

  @Test
  void nestedModulesAreFoundInRegistrationOrder() {
    Holder model =
        new Holder()
            .with("layer1", new IntegrateAndFire())
            .with("submodule", new Sequential(new IntegrateAndFire(), new IntegrateAndFire()))
            .with("layer2", new IntegrateAndFire());
    assertThat(names(model))
        .containsExactly("layer1.v", "submodule.0.v", "submodule.1.v", "layer2.v");
  }

  @Test
  void ownMemoriesComeBeforeThoseOfChildren() {
    assertThat(names(new Outer())).containsExactly("outer", "inner.inner");
  }

  @Test
  void namesWithDotsAreQuotedInPaths() {
    Holder model =
        new Holder().with("lif1.lif", new Accumulator()).with("o'clock", new Accumulator());
    assertThat(names(model)).containsExactly("'lif1.lif'.v", "'o''clock'.v");
    assertThat(names(new Holder().with("lif1", new Holder().with("lif", new Accumulator()))))
        .containsExactly("lif1.lif.v");
  }

  @Test
  void sharedModuleIsListedAndLoadedOnce() {
    Accumulator shared = new Accumulator();
    Sequential model = new Sequential(new Sequential(shared), new Sequential(shared), shared);
    assertThat(names(model)).containsExactly("0.0.v");
    Memories.loadMemories(model, List.of(tensor(5)));
    assertThat(shared.memory("v")).isEqualTo(tensor(5));
    // Each pass adds the running value: 5 + 1 = 6, 6 + 6 = 12, 12 + 12 = 24.
    StepResult result =
        Memories.toFunctionalForward(model).run(List.of(row(1)), List.of(tensor(5)));
    assertThat(floats(result.output())).containsExactly(24);
    assertThat(result.memories()).containsExactly(tensor(24));
  }

  @Test
  void freshMemoriesAreTheRegisteredValuesInOrder() {
    Sequential model = threeNeurons();
    MemoryValue zero = MemoryValue.scalar(0);
    assertThat(Memories.memories(model)).containsExactly(zero, zero, zero);
    assertThat(Memories.extractMemories(model)).containsExactly(zero, zero, zero);
    assertThat(Memories.extractMemories(model).names()).isEqualTo(names(model));
  }

  @Test
  void extractedListStaysUnderFurtherStepsAndReset() {
    Accumulator model = new Accumulator();
    model.forward(row(1, 2));
    MemoryList kept = Memories.extractMemories(model);
    model.forward(row(1, 2));
    model.reset();
    kept.get(0).array().addi(100);
    assertThat(kept).containsExactly(tensor(1, 2));
    assertThatThrownBy(() -> kept.set(0, tensor(9)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void loadedMemoriesComeOutAgain() {
    Sequential model = threeNeurons();
    List<MemoryValue> values = List.of(tensor(42), tensor(43, 1), MemoryValue.scalar(0.5));
    Memories.loadMemories(model, values);
    assertThat(Memories.extractMemories(model)).isEqualTo(values);
  }

  @Test
  void listOfAnotherLengthIsRefused() {
    Sequential model = threeNeurons();
    MemoryValue one = MemoryValue.scalar(1);
    assertThatThrownBy(() -> Memories.loadMemories(model, List.of(one, one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Memory length mismatch: model has 3 memories but list contains 2");
    assertThatThrownBy(() -> Memories.loadMemories(model, List.of(one, one, one, one)))
        .hasMessage("Memory length mismatch: model has 3 memories but list contains 4");
    assertThat(Memories.memories(model)).containsOnly(MemoryValue.scalar(0));
  }

  @Test
  void otherNamesAreRefusedBeforeAnythingChanges() {
    Sequential model = new Sequential(new Accumulator(), new Accumulator());
    MemoryList other =
        MemoryList.of(
            List.of(new NamedMemory("0.v", tensor(1)), new NamedMemory("1.w", tensor(1))));
    assertThatThrownBy(() -> Memories.loadMemories(model, other))
        .hasMessage("Memory name mismatch at index 1: model has '1.v' but list contains '1.w'");
    assertThat(errorOf(() -> Memories.toFunctionalForward(model).run(List.of(row(1)), other)))
        .isEqualTo(ModuleError.MEMORY_NAME);
    assertThat(Memories.memories(model)).containsOnly(MemoryValue.scalar(0));
  }

  @Test
  void otherShapeIsRefusedBeforeAnythingChanges() {
    Sequential model = new Sequential(new Accumulator(), new Accumulator());
    model.forward(row(1, 2));
    List<MemoryValue> before = Memories.memories(model);
    for (MemoryValue wrong : List.of(tensor(1), MemoryValue.tensor(number(1)))) {
      assertThatThrownBy(() -> Memories.loadMemories(model, List.of(tensor(7, 7), wrong)))
          .isInstanceOf(ModuleException.class)
          .hasMessageContaining("'1.v'")
          .hasMessageContaining("[2]")
          .hasMessageContaining(wrong.tensor().shape().toString())
          .hasMessageContaining("reset");
    }
    assertThat(Memories.memories(model)).isEqualTo(before);
  }

  @Test
  void otherTypeIsRefusedBeforeAnythingChanges() {
    Accumulator model = new Accumulator();
    model.forward(row(1, 2));
    MemoryValue doubles = MemoryValue.tensor(Nd4j.createFromArray(1.0, 2.0));
    assertThatThrownBy(() -> Memories.loadMemories(model, List.of(doubles)))
        .hasMessageContaining("FLOAT32")
        .hasMessageContaining("FLOAT64");
    assertThat(model.memory("v")).isEqualTo(tensor(1, 2));
  }

  @Test
  void otherKindIsRefused() {
    Accumulator model = new Accumulator();
    MemoryValue queue = MemoryValue.queue(List.of(row(1)));
    assertThat(errorOf(() -> Memories.loadMemories(model, List.of(queue))))
        .isEqualTo(ModuleError.MEMORY_KIND);
    assertThat(errorOf(() -> Memories.loadMemories(model, List.of(MemoryValue.empty()))))
        .isEqualTo(ModuleError.MEMORY_KIND);
    StepCounter counter = new StepCounter();
    assertThat(errorOf(() -> Memories.loadMemories(counter, List.of(tensor(1, 2)))))
        .isEqualTo(ModuleError.MEMORY_KIND);
    Memories.loadMemories(new Delay(), List.of(queue));
  }

  @Test
  void missingValueIsRefusedBeforeAnythingChanges() {
    Sequential model = new Sequential(new Accumulator(), new Accumulator());
    List<MemoryValue> values = new ArrayList<>(List.of(tensor(1)));
    values.add(null);
    assertThatThrownBy(() -> Memories.loadMemories(model, values))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("1.v");
    assertThat(Memories.memories(model)).containsOnly(MemoryValue.scalar(0));
  }

  @Test
  void startCanBeLoadedOverTensors() {
    Accumulator model = new Accumulator(0.5);
    MemoryList start = Memories.extractMemories(model);
    model.forward(row(1, 2));
    Memories.loadMemories(model, start);
    assertThat(floats(model.forward(row(1, 2, 3)))).containsExactly(1.5f, 2.5f, 3.5f);
  }

  @Test
  void numbersOfACheckpointBecomeNumbersAgain() {
    Sequential model = new Sequential(new StepCounter(), new Accumulator());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("0.step", Tensor.of(Shape.SCALAR, new long[] {7}));
    tensors.put("1.v", Tensor.of(Shape.SCALAR, new double[] {0.25}));
    Memories.loadMemories(model, MemoryList.of(tensors));
    assertThat(Memories.memories(model))
        .containsExactly(MemoryValue.integer(7), MemoryValue.scalar(0.25));
  }

  @Test
  void schemaTellsWhatIsExpected() {
    Sequential model = new Sequential(new StepCounter(), new Accumulator());
    model.forward(row(1));
    MemorySchema schema = Memories.schema(model);
    assertThat(schema.names()).containsExactly("0.step", "1.v");
    assertThat(schema.entries().get(1).current()).isEqualTo(tensor(1));
    assertThat(schema.entries().get(1).reset()).isEqualTo(MemoryValue.scalar(0));
    assertThat(schema.check(List.of(MemoryValue.integer(1), tensor(3))))
        .containsExactly(MemoryValue.integer(1), tensor(3));
  }

  @Test
  void listsKnowTheirMemoriesByName() {
    MemoryList list = Memories.extractMemories(new Outer());
    assertThat(list.value("inner.inner")).isEqualTo(MemoryValue.scalar(0));
    assertThat(list.named()).isEqualTo(Memories.namedMemories(new Outer()));
    assertThatThrownBy(() -> list.value("v")).hasMessageContaining("[outer, inner.inner]");
    NamedMemory twice = new NamedMemory("v", tensor(1));
    assertThat(errorOf(() -> MemoryList.of(List.of(twice, twice))))
        .isEqualTo(ModuleError.MEMORY_NAME);
  }

  @Test
  void veryDeepTreesAreWalkedWithoutOverflow() {
    Accumulator leaf = new Accumulator();
    Module deep = leaf;
    for (int depth = 0; depth < 100_000; depth++) {
      deep = new Holder().with("c", deep);
    }
    assertThat(Memories.extractMemories(deep).names().get(0)).hasSize(200_001).endsWith("c.v");
    Memories.loadMemories(deep, List.of(tensor(3)));
    Modules.setStepMode(deep, StepMode.MULTI_STEP);
    assertThat(leaf.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    FunctionalForward forward = Memories.toFunctionalForward(deep);
    assertThat(forward.run(List.of(row(1)), List.of(tensor(4))).memories())
        .containsExactly(tensor(4));
    assertThat(leaf.memory("v")).isEqualTo(tensor(3));
    Modules.resetNet(deep);
    assertThat(leaf.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void memoryThatDoesNotFitTheInputIsNamedByItsPath() {
    Sequential net = new Sequential(new Accumulator(), new Sequential(new Accumulator()));
    List<MemoryValue> loaded = List.of(tensor(1, 2), tensor(1, 2, 3));
    Memories.loadMemories(net, loaded);
    assertThatThrownBy(() -> net.forward(row(1, 2)))
        .isInstanceOf(ModuleException.class)
        .hasMessageStartingWith(
            "Memory '1.0.v' is a tensor of FLOAT32 [3], but the input asks for shape [2]; reset()");
    assertThat(Memories.memories(net)).isEqualTo(loaded);
    Holder outside =
        new Holder() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return namedChildren().get("net").forward(inputs);
          }
        }.with("net", net);
    assertThatThrownBy(() -> Memories.toFunctionalForward(outside).run(List.of(row(1, 2)), loaded))
        .hasMessageStartingWith("Memory 'net.1.0.v' is ");
  }

  @Test
  void cycleOfModulesIsWalkedOnce() {
    Holder parent = new Holder();
    Holder child = new Holder().with("back", parent);
    parent.with("child", child).with("neuron", new Accumulator());
    assertThat(names(parent)).containsExactly("neuron.v");
  }
}
