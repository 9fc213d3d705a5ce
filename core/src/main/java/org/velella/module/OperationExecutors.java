package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the engine that runs built-in modules. */
final class OperationExecutors {
  private static OperationExecutor found;

  private OperationExecutors() {}

  /**
   * The engine, looked for once.
   *
   * @throws ModuleException {@link ModuleError#ENGINE_MISSING}
   */
  static synchronized OperationExecutor engine() {
    if (found == null) {
      found = find(OperationExecutor.class.getClassLoader());
    }
    return found;
  }

  /** The first executor that one of the class loaders knows, asked in order. */
  static OperationExecutor find(ClassLoader... loaders) {
    List<String> asked = new ArrayList<>();
    for (ClassLoader loader : loaders) {
      if (loader != null) {
        var first = ServiceLoader.load(OperationExecutor.class, loader).findFirst();
        if (first.isPresent()) {
          return first.get();
        }
        asked.add(loader.toString());
      }
    }
    throw new ModuleException(
        ModuleError.ENGINE_MISSING,
        "No engine runs built-in modules: no service file for "
            + OperationExecutor.class.getName()
            + " is visible to "
            + asked
            + "; put the complete Velella core jar on the class path");
  }
}
