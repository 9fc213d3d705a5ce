package org.velella.module;

import java.util.List;

/** Which of {@link MemoryModule}'s forwards a subclass wrote itself. */
final class Overrides {
  /** What a class wrote itself. */
  private record Own(boolean onlyForward, boolean stepsThroughSequences) {}

  private static final ClassValue<Own> OWN =
      new ClassValue<>() {
        @Override
        protected Own computeValue(Class<?> type) {
          boolean pure = overrides(type, "singleStep", List.class, List.class);
          boolean pureSequence = overrides(type, "multiStep", List.class, List.class);
          boolean step = overrides(type, "singleStepForward", List.class);
          boolean sequence =
              overrides(type, "multiStepForward", List.class)
                  || overrides(type, "forward", List.class);
          boolean onlyForward = step && !pure && !pureSequence;
          return new Own(onlyForward, !sequence && !pureSequence && (step || pure));
        }
      };

  private Overrides() {}

  /** Whether a module changes its memories in its own single-step forward and has no pure form. */
  static boolean onlyForward(MemoryModule module) {
    return OWN.get(module.getClass()).onlyForward;
  }

  /** Whether a module's sequences are its own single steps, one after the other. */
  static boolean stepsThroughSequences(MemoryModule module) {
    return OWN.get(module.getClass()).stepsThroughSequences;
  }

  private static boolean overrides(Class<?> type, String method, Class<?>... parameters) {
    try {
      return type.getMethod(method, parameters).getDeclaringClass() != MemoryModule.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
