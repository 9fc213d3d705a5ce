package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.number;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Counter;
import org.velella.module.TestModules.Delay;
import org.velella.module.TestModules.FailsOnNegative;
import org.velella.module.TestModules.Growing;
import org.velella.module.TestModules.OverLength;
import org.velella.module.TestModules.Pair;
import org.velella.module.TestModules.Scale;
import org.velella.module.TestModules.SquareIntegrateAndFire;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;

class MemoryModuleTest {
  /** Registers what a test gives it. */
  private static class Registers extends MemoryModule {
    Registers memory(String name, MemoryValue value) {
      registerMemory(name, value);
      return this;
    }

    Registers child(String name, Module child) {
      registerModule(name, child);
      return this;
    }

    void remove(String name) {
      removeMemory(name);
    }
  }

  private static ModuleError errorOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return ((ModuleException) org.assertj.core.api.Assertions.catchThrowable(call)).error();
  }

  @Test
  void registeredMemoryStartsAtItsValueAndResetsToIt() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0.5));
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0.5));
    module.setMemory("v", tensor(1, 2));
    module.reset();
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0.5));
  }

  @Test
  void memoriesComeInRegistrationOrderWithoutThoseOfChildren() {
    Registers module =
        new Registers()
            .memory("z", MemoryValue.integer(1))
            .child("child", new Accumulator())
            .memory("a", MemoryValue.empty());
    assertThat(module.memories()).containsExactly(MemoryValue.integer(1), MemoryValue.empty());
    assertThat(module.namedMemories())
        .containsExactly(
            new NamedMemory("z", MemoryValue.integer(1)),
            new NamedMemory("a", MemoryValue.empty()));
  }

  @Test
  void secondRegistrationOfANameIsRefused() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0));
    assertThatThrownBy(() -> module.memory("v", MemoryValue.scalar(1)))
        .isInstanceOf(ModuleException.class)
        .hasMessage("v has been set as a member variable!");
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void memoryAndChildCannotShareAName() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0)).child("c", new Scale(1));
    assertThat(errorOf(() -> module.memory("c", MemoryValue.scalar(0))))
        .isEqualTo(ModuleError.NAME_TAKEN);
    assertThat(errorOf(() -> module.child("v", new Scale(1)))).isEqualTo(ModuleError.NAME_TAKEN);
    assertThat(errorOf(() -> module.child("c", new Scale(1)))).isEqualTo(ModuleError.NAME_TAKEN);
  }

  @Test
  void memoryNamesThatPathsWouldQuoteAreRefused() {
    for (String name : List.of("", "a.b", "a'b", "a b", "a,b", "a:b", "a=b")) {
      assertThat(errorOf(() -> new Registers().memory(name, MemoryValue.scalar(0))))
          .as(name)
          .isEqualTo(ModuleError.NAME_INVALID);
    }
  }

  @Test
  void moduleCannotBeItsOwnChildNorHaveANamelessOne() {
    Registers module = new Registers();
    assertThat(errorOf(() -> module.child("self", module))).isEqualTo(ModuleError.NAME_INVALID);
    assertThat(errorOf(() -> module.child("", new Scale(1)))).isEqualTo(ModuleError.NAME_INVALID);
    assertThat(module.namedChildren()).isEmpty();
  }

  @Test
  void removedMemoryCanBeRegisteredAgain() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0));
    module.remove("v");
    assertThat(module.memories()).isEmpty();
    module.memory("v", MemoryValue.integer(3)).reset();
    assertThat(module.memory("v")).isEqualTo(MemoryValue.integer(3));
  }

  @Test
  void unknownNamesAreErrors() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0));
    assertThatThrownBy(() -> module.resetValue("w")).hasMessage("w is not a registered memory.");
    assertThatThrownBy(() -> module.memory("w")).hasMessage("w is not a registered memory.");
    assertThatThrownBy(() -> module.setResetValue("w", MemoryValue.scalar(0)))
        .hasMessage("w is not a registered memory.");
    assertThatThrownBy(() -> module.setMemory("w", MemoryValue.scalar(0)))
        .hasMessage("w is not a registered memory.");
  }

  @Test
  void missingResetValueIsAnErrorThatChangesNothing() {
    Registers module =
        new Registers().memory("v", MemoryValue.scalar(0)).memory("state", MemoryValue.scalar(0));
    module.setMemory("v", MemoryValue.scalar(7));
    module.clearResetValue("state");
    assertThatThrownBy(() -> module.resetValue("state"))
        .hasMessage("state has no reset value. Call setResetValue first.");
    assertThat(errorOf(module::reset)).isEqualTo(ModuleError.NO_RESET_VALUE);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(7));
    module.setResetValue("state", MemoryValue.scalar(1));
    module.reset();
    assertThat(module.memories()).containsExactly(MemoryValue.scalar(0), MemoryValue.scalar(1));
  }

  @Test
  void resetValueCanBeChangedWithoutTouchingTheMemory() {
    Accumulator module = new Accumulator();
    module.setResetValue("v", MemoryValue.scalar(3));
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
    assertThat(module.resetValue("v")).isEqualTo(MemoryValue.scalar(3));
    module.reset();
    assertThat(floats(module.forward(row(1)))).containsExactly(4);
  }

  @Test
  void resetLeavesChildrenAlone() {
    Registers module = new Registers().memory("v", MemoryValue.scalar(0));
    Accumulator child = new Accumulator();
    module.child("child", child);
    child.forward(row(1, 2));
    module.reset();
    assertThat(child.memory("v")).isEqualTo(tensor(1, 2));
  }

  @Test
  void memoriesShareNothingWithWhatWasPassedInOrOut() {
    INDArray given = row(1, 2);
    Registers module = new Registers().memory("v", MemoryValue.tensor(given));
    given.putScalar(0, 99f);
    module.memory("v").array().putScalar(1, 99f);
    assertThat(module.memory("v")).isEqualTo(tensor(1, 2));
    module.reset();
    module.memory("v").array().putScalar(1, 99f);
    assertThat(module.resetValue("v")).isEqualTo(tensor(1, 2));
  }

  @Test
  void detachedMemoriesOutliveTheBuffersTheyCameFrom() {
    Accumulator module = new Accumulator();
    INDArray input = row(1, 2);
    module.forward(input);
    module.detach();
    input.close();
    assertThat(module.memory("v")).isEqualTo(tensor(1, 2));
  }

  @Test
  void scalarTakesShapeAndTypeOfTheFirstInput() {
    Accumulator module = new Accumulator(0.5);
    module.forward(Nd4j.createFromArray(new double[][] {{1, 2, 3}}));
    assertThat(module.memory("v").tensor().dtype()).isEqualTo(DType.FLOAT64);
    assertThat(module.memory("v").tensor().doubles()).containsExactly(1.5, 2.5, 3.5);
    assertThat(module.memory("v").tensor().shape()).isEqualTo(Shape.of(1, 3));
  }

  @Test
  void scalarTakesTheShapeOfTheFirstStepOfASequence() {
    Accumulator module = new Accumulator();
    module.setStepMode(StepMode.MULTI_STEP);
    module.forward(Nd4j.zeros(DataType.FLOAT, 4, 2, 3));
    assertThat(module.memory("v").tensor().shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void integerInputDoesNotTruncateTheMemory() {
    Accumulator module = new Accumulator(0.5);
    module.forward(Nd4j.createFromArray(1, 2));
    assertThat(module.memory("v").tensor().dtype()).isEqualTo(DType.FLOAT32);
    assertThat(module.memory("v").tensor().floats()).containsExactly(1.5f, 2.5f);
  }

  @Test
  void newBatchSizeNeedsAReset() {
    Accumulator module = new Accumulator();
    module.forward(row(1, 2, 3));
    assertThatThrownBy(() -> module.forward(row(1, 2)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("'v'")
        .hasMessageContaining("[3]")
        .hasMessageContaining("[2]")
        .hasMessageContaining("reset");
    assertThat(module.memory("v")).isEqualTo(tensor(1, 2, 3));
    module.reset();
    assertThat(floats(module.forward(row(1, 2)))).containsExactly(1, 2);
  }

  @Test
  void hookOfASubclassIsUsedInBothModes() {
    for (StepMode mode : StepMode.values()) {
      SquareIntegrateAndFire module = new SquareIntegrateAndFire(10);
      module.setStepMode(mode);
      if (mode == StepMode.MULTI_STEP) {
        assertThat(floats(module.forward(Nd4j.createFromArray(new float[][] {{1}, {2}, {1}}))))
            .containsExactly(0, 0, 0);
      } else {
        for (float x : new float[] {1, 2, 1}) {
          assertThat(floats(module.forward(row(x)))).containsExactly(0);
        }
      }
      assertThat(module.memory("v")).isEqualTo(tensor(6));
    }
  }

  @Test
  void sequenceIsStepsOneAfterTheOther() {
    Pair pair = new Pair(3);
    pair.setStepMode("m");
    pair.setMemory("a", MemoryValue.scalar(2));
    pair.setMemory("b", MemoryValue.scalar(5));
    List<INDArray> outputs =
        pair.multiStepForward(
            List.of(
                Nd4j.createFromArray(new float[][] {{1}, {2}}),
                Nd4j.createFromArray(new float[][] {{3}, {4}})));
    // a: 2 + 1 + 3 = 6, 6 + 2 + 3 = 11; b: 5 + 3 + 3 = 11, 11 + 4 + 3 = 18
    assertThat(floats(outputs.get(0))).containsExactly(11, 18);
    assertThat(floats(outputs.get(1))).containsExactly(6, 11);
    assertThat(pair.memories()).containsExactly(MemoryValue.scalar(11), MemoryValue.scalar(18));
  }

  @Test
  void ownSingleStepForwardServesSequencesToo() {
    Counter counter = new Counter();
    counter.setStepMode("m");
    INDArray outputs = counter.forward(Nd4j.ones(DataType.FLOAT, 4, 2, 3));
    assertThat(outputs.shape()).containsExactly(4, 2, 2);
    assertThat(outputs.getFloat(3, 1, 1)).isEqualTo(2 + 4 + 6);
    assertThat(counter.memory("counter")).isEqualTo(MemoryValue.tensor(number(4)));
  }

  @Test
  void failureInASequenceLeavesMemoriesAsTheyWere() {
    FailsOnNegative module = new FailsOnNegative();
    module.setStepMode("m");
    assertThatThrownBy(() -> module.forward(row(1, 1, -1, 1)))
        .isInstanceOf(ArithmeticException.class);
    assertThat(module.memory("sum")).isEqualTo(MemoryValue.scalar(0));
    module.setStepMode("s");
    assertThatThrownBy(() -> module.forward(row(-1))).isInstanceOf(ArithmeticException.class);
    assertThat(module.memory("sum")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void wrongNumberOfNewMemoriesCommitsNone() {
    Registers module =
        new Registers() {
          @Override
          public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
            return StepResult.of(inputs.get(0), MemoryValue.scalar(1));
          }
        };
    module.memory("a", MemoryValue.scalar(0)).memory("b", MemoryValue.scalar(0));
    assertThatThrownBy(() -> module.forward(row(1)))
        .hasMessageContaining("expected 2 states, but got 1.");
    assertThat(module.memories()).containsExactly(MemoryValue.scalar(0), MemoryValue.scalar(0));
  }

  @Test
  void outputsThatDifferBetweenStepsCannotBeStacked() {
    Growing module = new Growing();
    module.setStepMode("m");
    assertThatThrownBy(() -> module.forward(row(0, 0, 0)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("Growing")
        .hasMessageContaining("[1]")
        .hasMessageContaining("[2]");
    assertThat(module.memory("step")).isEqualTo(MemoryValue.integer(0));
  }

  @Test
  void moduleWithoutAnyForwardSaysSo() {
    assertThatThrownBy(() -> new Registers().forward(row(1)))
        .isInstanceOf(ModuleException.class)
        .hasMessage("Registers does not implement singleStep.");
  }

  @Test
  void emptySequenceGivesEmptyOutputsAndKeepsMemories() {
    Accumulator module = new Accumulator();
    module.setStepMode("m");
    INDArray none = module.forward(Nd4j.create(DataType.FLOAT, 0, 2, 3));
    assertThat(none.shape()).containsExactly(0, 2, 3);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));

    Counter counter = new Counter();
    counter.setStepMode("m");
    assertThat(counter.forward(Nd4j.create(DataType.FLOAT, 0, 5, 3)).shape())
        .containsExactly(0, 5, 2);
    assertThat(counter.memory("counter")).isEqualTo(MemoryValue.tensor(number(0)));

    assertThat(new OverLength().forward(Nd4j.create(DataType.FLOAT, 0, 2)).shape())
        .containsExactly(0, 2);
  }

  @Test
  void sequencesOfUnequalLengthAreRefused() {
    Pair pair = new Pair(0);
    pair.setStepMode("m");
    assertThat(errorOf(() -> pair.forward(List.of(row(1, 2), row(1, 2, 3)))))
        .isEqualTo(ModuleError.INPUT_SHAPE);
    assertThat(errorOf(() -> pair.forward(List.of()))).isEqualTo(ModuleError.INPUT_COUNT);
    assertThat(errorOf(() -> pair.forward(List.of(number(1), number(1)))))
        .isEqualTo(ModuleError.INPUT_SHAPE);
  }

  @Test
  void functionalForwardChecksTheNumberOfMemoriesAndKeepsItsOwn() {
    Accumulator module = new Accumulator();
    assertThatThrownBy(() -> module.functionalForward(List.of(row(1)), List.of()))
        .hasMessage("Accumulator expected 1 states, but got 0.");
    StepResult result = module.functionalForward(List.of(row(1, 2)), List.of(tensor(3, 4)));
    assertThat(floats(result.output())).containsExactly(4, 6);
    assertThat(result.memories()).containsExactly(tensor(4, 6));
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
    module.setStepMode("m");
    result = module.functionalForward(List.of(row(1, 2, 3)), List.of(MemoryValue.scalar(4)));
    assertThat(floats(result.output())).containsExactly(5, 7, 10);
    assertThat(result.memories()).containsExactly(MemoryValue.tensor(number(10)));
  }

  @Test
  void inPlaceWorkOfASubclassReachesNeitherInputsNorMemories() {
    // Accumulator adds in place to the array that it gets from its memory.
    Accumulator module = new Accumulator();
    module.forward(row(1, 2));
    MemoryValue before = module.memory("v");
    module.forward(row(1, 2));
    assertThat(before).isEqualTo(tensor(1, 2));
  }

  @Test
  void queuesAreMemoriesToo() {
    Delay delay = new Delay();
    delay.setStepMode("m");
    assertThat(floats(delay.forward(row(1, 2, 3)))).containsExactly(0, 1, 2);
    assertThat(floats(delay.forward(row(4)))).containsExactly(3);
    delay.reset();
    assertThat(delay.memory("queue").arrays()).isEmpty();
  }

  @Test
  void callingForOneOutputRefusesSeveral() {
    Module twice =
        new Module() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return List.of(inputs.get(0), inputs.get(0));
          }
        };
    assertThat(errorOf(() -> twice.forward(row(1)))).isEqualTo(ModuleError.OUTPUT_COUNT);
    assertThat(twice.forward(List.of(row(1)))).hasSize(2);
  }

  @Test
  void textShowsModeAndBackend() {
    assertThat(new Accumulator()).hasToString("Accumulator(step_mode=s, backend=nd4j)");
  }
}
