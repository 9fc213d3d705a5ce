package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The memories of a tree at one moment, to go back to. Cheap, since values are immutable. */
final class TreeMemories {
  private final List<MemoryModule> modules;
  private final List<Map<String, MemoryValue>> values = new ArrayList<>();

  private TreeMemories(Module root) {
    modules = ModuleTree.memoryModules(root);
    modules.forEach(module -> values.add(module.values()));
  }

  static TreeMemories of(Module root) {
    return new TreeMemories(root);
  }

  void restore() {
    for (int i = 0; i < modules.size(); i++) {
      modules.get(i).restore(values.get(i));
    }
  }

  /** Sets every counter of the tree back to its reset value. */
  void restartCounters() {
    for (MemoryModule module : modules) {
      for (NamedMemory memory : module.namedMemories()) {
        if (memory.value().kind() == MemoryValue.Kind.INTEGER) {
          module.setMemory(memory.name(), module.resetOrCurrent(memory.name()));
        }
      }
    }
  }

  /**
   * Runs something that either succeeds or leaves all memories of the tree as they were.
   *
   * @throws ModuleException {@link ModuleError#TOO_DEEP} if it needs more stack than there is
   */
  static <R> R atomically(Module root, Supplier<R> action) {
    TreeMemories before = of(root);
    try {
      return action.get();
    } catch (StackOverflowError e) {
      before.restore();
      throw ModuleException.tooDeep(root, e);
    } catch (ModuleException e) {
      before.restore();
      throw e.seenFrom(root);
    } catch (RuntimeException | Error e) {
      before.restore();
      throw e;
    }
  }
}
