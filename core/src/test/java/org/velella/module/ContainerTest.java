package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.floats;
import static org.velella.module.TestModules.row;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.FailsOnNegative;
import org.velella.module.TestModules.Linear;
import org.velella.module.TestModules.OverLength;
import org.velella.module.TestModules.Pair;
import org.velella.module.TestModules.Scale;

class ContainerTest {
  @Test
  void sequentialNamesModulesByPosition() {
    Sequential net = new Sequential(new Scale(1)).append(new Accumulator());
    assertThat(net.namedChildren()).containsOnlyKeys("0", "1");
    assertThatThrownBy(() -> net.namedChildren().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void emptySequentialGivesItsInputs() {
    assertThat(floats(new Sequential().forward(row(1, 2)))).containsExactly(1, 2);
  }

  @Test
  void sequentialThatFailsChangesNoMemory() {
    Accumulator first = new Accumulator();
    Sequential net = new Sequential(first, new FailsOnNegative());
    assertThatThrownBy(() -> net.forward(row(-1))).isInstanceOf(ArithmeticException.class);
    assertThat(first.memory("v")).isEqualTo(MemoryValue.scalar(0));
  }

  @Test
  void multiStepContainerRunsItsModulesStepByStep() {
    MultiStepContainer container = new MultiStepContainer(new Accumulator(), new Scale(2));
    INDArray outputs =
        container.forward(Nd4j.createFromArray(new float[][] {{1, 1}, {2, 0}, {3, 0}}));
    assertThat(floats(outputs)).containsExactly(2, 2, 6, 2, 12, 2);
    assertThat(container.stepMode()).isEqualTo(StepMode.MULTI_STEP);
  }

  @Test
  void containersRefuseMultiStepModules() {
    assertThatThrownBy(() -> new MultiStepContainer(new OverLength()))
        .isInstanceOf(ModuleException.class)
        .hasMessage("MultiStepContainer.step_mode must be 's' inside this container.");
    assertThatThrownBy(() -> new SeqToAnnContainer(new Scale(1), new OverLength()))
        .hasMessage("SeqToAnnContainer.step_mode must be 's' inside this container.");
    assertThatThrownBy(() -> new MultiStepContainer().append(new OverLength()))
        .isInstanceOf(ModuleException.class);
  }

  @Test
  void moduleSwitchedBehindTheContainersBackIsNoticed() {
    Accumulator inside = new Accumulator();
    MultiStepContainer container = new MultiStepContainer(inside);
    inside.setStepMode("m");
    assertThatThrownBy(() -> container.forward(row(1, 2)))
        .hasMessage("MultiStepContainer.step_mode must be 's' inside this container.");
    inside.setStepMode("s");
    assertThat(floats(container.forward(row(1, 2)))).containsExactly(1, 3);
  }

  @Test
  void moduleInTheOtherModeIsFoundHoweverDeepItLies() {
    Accumulator inside = new Accumulator();
    Sequential between = new Sequential(new Scale(1), new Sequential(inside));
    MultiStepContainer container = new MultiStepContainer(between);
    inside.setStepMode("m");
    assertThatThrownBy(() -> container.forward(row(1, 2)))
        .hasMessage(
            "MultiStepContainer.step_mode must be 's' inside this container. (Accumulator '1.0')");
    assertThatThrownBy(() -> new SeqToAnnContainer(between))
        .hasMessageEndingWith("(Accumulator '1.0')");
  }

  @Test
  void firstModuleOfASequenceMayTakeSeveralInputs() {
    Module sum =
        new Module() {
          @Override
          public List<INDArray> forward(List<INDArray> inputs) {
            return List.of(inputs.get(0).add(inputs.get(1)));
          }
        };
    // a = 1 + 2, b = 3 + 2; their sum is 8, doubled 16.
    List<INDArray> outputs =
        new Sequential(new Pair(2), sum, new Scale(2)).forward(List.of(row(1), row(3)));
    assertThat(floats(outputs.get(0))).containsExactly(16);
  }

  @Test
  void treeWideStepModeLeavesContainersWorking() {
    Sequential net = new Sequential(new MultiStepContainer(new Accumulator()));
    Modules.setStepMode(net, StepMode.MULTI_STEP);
    assertThat(floats(net.forward(row(1, 2, 3)))).containsExactly(1, 3, 6);
  }

  @Test
  void seqToAnnContainerSeesStepsAsSamples() {
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 10}, {100, 1000}});
    SeqToAnnContainer container = new SeqToAnnContainer(new Linear(weight));
    INDArray outputs =
        container.forward(Nd4j.createFromArray(new float[][][] {{{1, 2}}, {{3, 4}}}));
    assertThat(outputs.shape()).containsExactly(2, 1, 2);
    assertThat(floats(outputs)).containsExactly(201, 2010, 403, 4030);
    List<INDArray> regular =
        container.forward(List.of(Nd4j.ones(1, 1, 2).castTo(weight.dataType())));
    assertThat(floats(regular.get(0))).containsExactly(101, 1010);
  }
}
