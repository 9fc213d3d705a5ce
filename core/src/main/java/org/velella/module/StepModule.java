package org.velella.module;

import java.util.EnumSet;
import java.util.Set;

/** A module that knows whether its inputs are one step or a sequence of steps. */
public interface StepModule {
  /** The modes that {@link #setStepMode} accepts; both unless a module says otherwise. */
  default Set<StepMode> supportedStepModes() {
    return EnumSet.allOf(StepMode.class);
  }

  /** The mode in which {@code forward} runs. */
  StepMode stepMode();

  /**
   * Sets the mode in which {@code forward} runs. Children keep theirs; {@link Modules#setStepMode}
   * sets a whole tree.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if the mode is not supported
   */
  void setStepMode(StepMode mode);

  /**
   * As {@link #setStepMode(StepMode)}, by the code {@code s} or {@code m}.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if no supported mode has that code
   */
  default void setStepMode(String code) {
    setStepMode(StepMode.of(code, supportedStepModes()));
  }
}
