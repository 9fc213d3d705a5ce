package org.velella.module;

import java.util.EnumSet;
import java.util.Set;

/** A module that only runs on whole sequences. */
public interface MultiStepModule extends StepModule {
  @Override
  default Set<StepMode> supportedStepModes() {
    return EnumSet.of(StepMode.MULTI_STEP);
  }

  @Override
  default StepMode stepMode() {
    return StepMode.MULTI_STEP;
  }

  @Override
  default void setStepMode(StepMode mode) {
    mode.requireIn(supportedStepModes());
  }
}
