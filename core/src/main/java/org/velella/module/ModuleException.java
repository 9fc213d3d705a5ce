package org.velella.module;

/** The seed API was used in a way that it cannot serve; nothing has changed when this is thrown. */
public final class ModuleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final ModuleError error;

  public ModuleException(ModuleError error, String message) {
    super(message);
    this.error = error;
  }

  public ModuleException(ModuleError error, String message, Throwable cause) {
    super(message, cause);
    this.error = error;
  }

  static ModuleException stateCount(Module module, int expected, int found) {
    return new ModuleException(
        ModuleError.MEMORY_COUNT,
        "%s expected %d states, but got %d.".formatted(module.typeName(), expected, found));
  }

  /** What went wrong, for programs; the message says it for people. */
  public ModuleError error() {
    return error;
  }
}
