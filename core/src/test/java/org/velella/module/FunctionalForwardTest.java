package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.number;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Counter;
import org.velella.module.TestModules.FailsOnNegative;
import org.velella.module.TestModules.Inner;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.Outer;
import org.velella.module.TestModules.Pair;
import org.velella.module.TestModules.Scale;

class FunctionalForwardTest {
  /** Adds scale times its input to its memory: a forward with a further argument. */
  private static final class Weighted extends Accumulator {
    List<INDArray> forward(List<INDArray> inputs, float scale) {
      return super.forward(List.of(inputs.get(0).mul(scale)));
    }
  }

  @Test
  void moduleWithoutMemoriesGivesItsPlainForward() {
    StepResult result =
        Memories.toFunctionalForward(new Scale(3)).run(List.of(row(1, 2)), List.of());
    assertThat(floats(result.output())).containsExactly(3, 6);
    assertThat(result.memories()).isEmpty();
    assertThatThrownBy(
            () ->
                Memories.toFunctionalForward(new Scale(3)).run(List.of(row(1)), List.of(tensor(1))))
        .hasMessage("Scale expected 0 states, but got 1.");
  }

  @Test
  void counterExampleOfTheSeedCounts() {
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Counter module = new Counter(weight);
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}, {1, 1, 1}});
    MemoryValue start = MemoryValue.tensor(number(0));
    StepResult result = Memories.toFunctionalForward(module).run(List.of(x), List.of(start));
    assertThat(result.output()).isEqualTo(x.mmul(weight));
    assertThat(floats(result.output())).containsExactly(1, 2, 3, 4, 9, 12);
    assertThat(result.memories()).containsExactly(MemoryValue.tensor(number(1)));
    assertThat(module.memory("counter")).isEqualTo(start);
  }

  @Test
  void nestedMemoriesComeOwnFirst() {
    Outer outer = new Outer();
    StepResult result =
        Memories.toFunctionalForward(outer)
            .run(List.of(row(1)), List.of(MemoryValue.scalar(5), MemoryValue.scalar(3)));
    assertThat(result.memories()).containsExactly(MemoryValue.scalar(7), MemoryValue.scalar(4));
    assertThat(((MemoryList) result.memories()).names()).containsExactly("outer", "inner.inner");
    assertThat(Memories.memories(outer)).containsOnly(MemoryValue.scalar(0));
  }

  @Test
  void givenForwardIsUsed() {
    Inner module = new Inner();
    FunctionalForward twice =
        Memories.toFunctionalForward(
            module,
            inputs -> {
              module.forward(inputs);
              return List.of(module.forward(inputs).get(0).mul(2));
            });
    StepResult result = twice.run(List.of(row(3)), List.of(MemoryValue.scalar(0)));
    assertThat(floats(result.output())).containsExactly(6);
    assertThat(result.memories()).containsExactly(MemoryValue.scalar(2));
    assertThat(module.memory("inner")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void furtherArgumentsGoThroughTheGivenForward() {
    Weighted module = new Weighted();
    FunctionalForward forward =
        Memories.toFunctionalForward(module, inputs -> module.forward(inputs, 2));
    StepResult result = forward.run(List.of(row(3)), List.of(tensor(4)));
    assertThat(floats(result.output())).containsExactly(10);
    assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void equalsTheRegularForwardWithoutTouchingTheModule() {
    IntegrateAndFire module = new IntegrateAndFire();
    IntegrateAndFire regular = new IntegrateAndFire();
    FunctionalForward forward = Memories.toFunctionalForward(module);
    List<MemoryValue> memories = Memories.extractMemories(module);
    for (float x : new float[] {0.5f, 0.75f, 0.25f, 1.5f}) {
      StepResult result = forward.run(List.of(row(x, -x)), memories);
      memories = result.memories();
      assertThat(result.output()).isEqualTo(regular.forward(row(x, -x)));
      assertThat(memories).isEqualTo(regular.memories());
      assertThat(module.memory("v")).isEqualTo(MemoryValue.scalar(0));
    }
  }

  @Test
  void severalInputsAndMemoriesKeepTheirOrder() {
    // a: 2 + 1 + 2 = 5, b: 5 + 3 + 2 = 10; outputs are b, a.
    StepResult result =
        Memories.toFunctionalForward(new Pair(2))
            .run(List.of(row(1), row(3)), List.of(MemoryValue.scalar(2), MemoryValue.scalar(5)));
    assertThat(floats(result.outputs().get(0))).containsExactly(10);
    assertThat(floats(result.outputs().get(1))).containsExactly(5);
    assertThat(result.memories()).containsExactly(MemoryValue.scalar(5), MemoryValue.scalar(10));
  }

  @Test
  void sequentialComposesItsModules() {
    Sequential module = new Sequential(new Accumulator(10), new Scale(2), new Accumulator(20));
    // 1 + 4 = 5, 5 * 2 = 10, 10 + 1 = 11
    StepResult result =
        Memories.toFunctionalForward(module).run(List.of(row(1)), List.of(tensor(4), tensor(1)));
    assertThat(floats(result.output())).containsExactly(11);
    assertThat(result.memories()).containsExactly(tensor(5), tensor(11));
    assertThat(Memories.memories(module))
        .containsExactly(MemoryValue.scalar(10), MemoryValue.scalar(20));
  }

  @Test
  void forwardOfASequentialSubclassIsRespected() {
    Sequential module =
        new Sequential(new Accumulator()) {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return List.of(super.forward(inputs).get(0).add(100));
          }
        };
    StepResult result =
        Memories.toFunctionalForward(module).run(List.of(row(1)), List.of(tensor(2)));
    assertThat(floats(result.output())).containsExactly(103);
    assertThat(floats(module.forward(row(1)))).containsExactly(101);
  }

  @Test
  void containerGivesTheSameFunctionallyAsRegularly() {
    INDArray sequence = Nd4j.createFromArray(new float[][] {{0.5f}, {0.5f}, {0.5f}, {0.5f}});
    StepResult result =
        Memories.toFunctionalForward(new MultiStepContainer(new IntegrateAndFire()))
            .run(List.of(sequence), List.of(MemoryValue.scalar(0)));
    assertThat(floats(result.output())).containsExactly(0, 1, 0, 1);
    assertThat(result.memories()).containsExactly(tensor(0));
    assertThat(floats(new MultiStepContainer(new IntegrateAndFire()).forward(sequence)))
        .containsExactly(0, 1, 0, 1);
  }

  @Test
  void stateCountIsCheckedBeforeAnythingRuns() {
    Outer outer = new Outer();
    assertThatThrownBy(
            () ->
                Memories.toFunctionalForward(outer)
                    .run(List.of(row(1)), List.of(MemoryValue.scalar(1))))
        .isInstanceOf(ModuleException.class)
        .hasMessage("Outer expected 2 states, but got 1.");
    assertThat(Memories.memories(outer)).containsOnly(MemoryValue.scalar(0));
  }

  @Test
  void failureIsPassedOnAndMemoriesAreRestored() {
    FailsOnNegative module = new FailsOnNegative();
    module.setMemory("sum", MemoryValue.scalar(7));
    FunctionalForward forward = Memories.toFunctionalForward(module);
    assertThatThrownBy(() -> forward.run(List.of(row(-1)), List.of(MemoryValue.scalar(1))))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("negative input");
    assertThat(module.memory("sum")).isEqualTo(MemoryValue.scalar(7));
  }

  @Test
  void memoryThatAppearsDuringTheForwardIsRefusedAndRemoved() {
    Accumulator grows =
        new Accumulator() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            List<INDArray> outputs = super.forward(inputs);
            registerMemory("late", MemoryValue.scalar(0));
            return outputs;
          }
        };
    assertThatThrownBy(
            () -> Memories.toFunctionalForward(grows).run(List.of(row(1)), List.of(tensor(1))))
        .hasMessageContaining("expected 1 states, but got 2.");
    assertThat(grows.namedMemories()).containsExactly(new NamedMemory("v", MemoryValue.scalar(0)));
  }

  @Test
  void modeAtTheCallCounts() {
    Accumulator module = new Accumulator();
    FunctionalForward forward = Memories.toFunctionalForward(module);
    List<MemoryValue> start = List.of(MemoryValue.scalar(0));
    assertThat(floats(forward.run(List.of(row(1, 2)), start).output())).containsExactly(1, 2);
    module.setStepMode("m");
    assertThat(floats(forward.run(List.of(row(1, 2)), start).output())).containsExactly(1, 3);
  }

  @Test
  void callsFromSeveralThreadsDoNotMix() {
    FunctionalForward forward = Memories.toFunctionalForward(new Accumulator());
    List<Boolean> right =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(
                i ->
                    forward
                        .run(List.of(row(i)), List.of(tensor(1000)))
                        .memories()
                        .equals(List.of(tensor(1000 + i))))
            .toList();
    assertThat(right).doesNotContain(false);
  }
}
