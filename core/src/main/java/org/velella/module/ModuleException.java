package org.velella.module;

import java.io.Serializable;
import java.util.function.Supplier;

/** The seed API was used in a way that it cannot serve; nothing has changed when this is thrown. */
public final class ModuleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final ModuleError error;

  /** What is wrong with a memory, after its name; null where it is not about one. */
  private final MemoryProblem memory;

  /** Whose memory is meant, where that is known. */
  private final transient MemoryModule owner;

  private record MemoryProblem(String name, String problem) implements Serializable {
    String message(String path) {
      return "Memory '" + path + "' " + problem;
    }
  }

  public ModuleException(ModuleError error, String message) {
    this(error, message, (Throwable) null);
  }

  public ModuleException(ModuleError error, String message, Throwable cause) {
    this(error, message, cause, null, null);
  }

  private ModuleException(
      ModuleError error, String message, Throwable cause, MemoryProblem memory, MemoryModule own) {
    super(message, cause);
    this.error = error;
    this.memory = memory;
    this.owner = own;
  }

  static ModuleException stateCount(Module module, int expected, int found) {
    return new ModuleException(
        ModuleError.MEMORY_COUNT,
        "%s expected %d states, but got %d.".formatted(module.typeName(), expected, found));
  }

  /** Says what is wrong with a memory; its path replaces its name once a tree is known. */
  static ModuleException ofMemory(ModuleError error, String name, String problem) {
    MemoryProblem memory = new MemoryProblem(name, problem);
    return new ModuleException(error, memory.message(name), null, memory, null);
  }

  static ModuleException tooDeep(Module root, StackOverflowError cause) {
    return new ModuleException(
        ModuleError.TOO_DEEP,
        "The modules in "
            + root.typeName()
            + " call each other deeper than this thread's stack; nest fewer of them, or run them in"
            + " a thread with a larger stack",
        cause);
  }

  /** Runs something whose complaints about memories are about those of {@code module}. */
  static <R> R ownedBy(MemoryModule module, Supplier<R> action) {
    try {
      return action.get();
    } catch (ModuleException e) {
      throw e.memory == null || e.owner != null ? e : e.about(e.memory.name, module);
    }
  }

  /** This, with the path of the memory from {@code root} in place of its name. */
  ModuleException seenFrom(Module root) {
    if (owner != null) {
      for (ModuleTree.Visit visit : ModuleTree.walk(root)) {
        if (visit.module() == owner) {
          return about(visit.path("", memory.name), owner);
        }
      }
    }
    return this;
  }

  private ModuleException about(String path, MemoryModule own) {
    ModuleException same =
        new ModuleException(error, memory.message(path), getCause(), memory, own);
    same.setStackTrace(getStackTrace());
    return same;
  }

  /** What went wrong, for programs; the message says it for people. */
  public ModuleError error() {
    return error;
  }
}
