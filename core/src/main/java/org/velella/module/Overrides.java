package org.velella.module;

import java.util.List;

/** Which of {@link MemoryModule}'s forwards a subclass wrote itself. */
final class Overrides {
  private static final ClassValue<Boolean> ONLY_FORWARD =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return overrides(type, "singleStepForward", List.class)
              && !overrides(type, "singleStep", List.class, List.class)
              && !overrides(type, "multiStep", List.class, List.class);
        }
      };

  private Overrides() {}

  /** Whether a module changes its memories in its own single-step forward and has no pure form. */
  static boolean onlyForward(MemoryModule module) {
    return ONLY_FORWARD.get(module.getClass());
  }

  private static boolean overrides(Class<?> type, String method, Class<?>... parameters) {
    try {
      return type.getMethod(method, parameters).getDeclaringClass() != MemoryModule.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
