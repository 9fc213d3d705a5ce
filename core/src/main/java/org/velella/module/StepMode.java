package org.velella.module;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a module's forward takes one step, {@code [N, *]}, or a sequence, {@code [T, N, *]}.
 *
 * @see StepModule
 */
public enum StepMode {
  /** One step: inputs are {@code [N, *]}. */
  SINGLE_STEP("s"),
  /** A sequence of steps: inputs are {@code [T, N, *]}. */
  MULTI_STEP("m");

  private final String code;

  StepMode(String code) {
    this.code = code;
  }

  /** The one-letter name, {@code s} or {@code m}. */
  public String code() {
    return code;
  }

  /**
   * The mode with a code, if it is one of {@code supported}.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if it is not
   */
  static StepMode of(String code, Set<StepMode> supported) {
    for (StepMode mode : values()) {
      if (mode.code.equals(code)) {
        return mode.requireIn(supported);
      }
    }
    throw unsupported(code, supported);
  }

  /** This mode, if it is one of {@code supported}; otherwise as {@link #of}. */
  StepMode requireIn(Set<StepMode> supported) {
    if (!supported.contains(this)) {
      throw unsupported(code, supported);
    }
    return this;
  }

  private static ModuleException unsupported(String code, Set<StepMode> supported) {
    return new ModuleException(
        ModuleError.STEP_MODE,
        "step_mode can only be %s, but got \"%s\"!".formatted(tuple(supported), code));
  }

  private static String tuple(Set<StepMode> modes) {
    String codes =
        modes.stream().sorted().map(m -> "'" + m.code + "'").collect(Collectors.joining(", "));
    return modes.size() == 1 ? "(" + codes + ",)" : "(" + codes + ")";
  }
}
