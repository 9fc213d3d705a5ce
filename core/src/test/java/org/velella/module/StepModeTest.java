package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.OverLength;

class StepModeTest {
  private static class OneStep extends Module implements SingleStepModule {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  @Test
  void startsSingleStepAndTakesBoth() {
    Accumulator module = new Accumulator();
    assertThat(module.supportedStepModes()).containsExactly(StepMode.values());
    assertThat(module.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
    module.setStepMode("m");
    assertThat(module.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    module.setStepMode(StepMode.SINGLE_STEP);
    assertThat(module.stepMode().code()).isEqualTo("s");
  }

  @Test
  void unknownModeIsRefusedInTheSeedsWords() {
    Accumulator module = new Accumulator();
    assertThatThrownBy(() -> module.setStepMode("x"))
        .isInstanceOf(ModuleException.class)
        .hasMessage("step_mode can only be ('s', 'm'), but got \"x\"!");
    assertThat(module.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
  }

  @Test
  void singleStepModuleRefusesSequences() {
    OneStep module = new OneStep();
    assertThat(module.stepMode()).isEqualTo(StepMode.SINGLE_STEP);
    module.setStepMode("s");
    assertThatThrownBy(() -> module.setStepMode("m"))
        .hasMessage("step_mode can only be ('s',), but got \"m\"!");
    assertThatThrownBy(() -> module.setStepMode(StepMode.MULTI_STEP))
        .hasMessage("step_mode can only be ('s',), but got \"m\"!");
  }

  @Test
  void multiStepModuleStartsInItsOnlyMode() {
    OverLength module = new OverLength();
    assertThat(module.stepMode()).isEqualTo(StepMode.MULTI_STEP);
    assertThatThrownBy(() -> module.setStepMode("s"))
        .hasMessage("step_mode can only be ('m',), but got \"s\"!");
    assertThat(module.stepMode()).isEqualTo(StepMode.MULTI_STEP);
  }
}
