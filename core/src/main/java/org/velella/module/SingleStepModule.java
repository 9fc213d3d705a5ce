package org.velella.module;

import java.util.EnumSet;
import java.util.Set;

/** A module that only runs step by step. */
public interface SingleStepModule extends StepModule {
  @Override
  default Set<StepMode> supportedStepModes() {
    return EnumSet.of(StepMode.SINGLE_STEP);
  }

  @Override
  default StepMode stepMode() {
    return StepMode.SINGLE_STEP;
  }

  @Override
  default void setStepMode(StepMode mode) {
    mode.requireIn(supportedStepModes());
  }
}
