package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memories of a whole tree of modules: own ones before those of children, in registration
 * order, a module that has several parents once, at its first place.
 */
public final class Memories {
  private Memories() {}

  /** The values of all memories of a tree. */
  public static List<MemoryValue> memories(Module module) {
    List<MemoryValue> all = new ArrayList<>();
    for (MemoryModule owner : ModuleTree.memoryModules(module)) {
      all.addAll(owner.memories());
    }
    return all;
  }

  /** All memories of a tree with their dotted paths, such as {@code layer1.v}. */
  public static List<NamedMemory> namedMemories(Module module) {
    return namedMemories(module, "");
  }

  /** As {@link #namedMemories(Module)}, with {@code prefix} and a dot before every path. */
  public static List<NamedMemory> namedMemories(Module module, String prefix) {
    List<NamedMemory> all = new ArrayList<>();
    for (ModuleTree.Visit visit : ModuleTree.walk(module)) {
      if (visit.module() instanceof MemoryModule owner) {
        for (NamedMemory memory : owner.namedMemories()) {
          all.add(new NamedMemory(visit.path(prefix, memory.name()), memory.value()));
        }
      }
    }
    return all;
  }

  /** All memories of a tree, to be kept: an immutable snapshot. */
  public static MemoryList extractMemories(Module module) {
    return MemoryList.of(namedMemories(module));
  }

  /** What {@link #loadMemories} expects for a tree as it is now. */
  public static MemorySchema schema(Module module) {
    return MemorySchema.of(module);
  }

  /**
   * Sets all memories of a tree. Everything is checked before the first one changes; a tensor that
   * is already there fixes shape and type, a scalar takes any tensor.
   *
   * @param memories in the order of {@link #extractMemories}; where they are a {@link MemoryList},
   *     their names must agree too
   * @throws ModuleException see {@link MemorySchema#check}
   */
  public static void loadMemories(Module module, List<MemoryValue> memories) {
    assign(module, MemorySchema.of(module).check(memories));
  }

  private static void assign(Module module, List<MemoryValue> values) {
    int next = 0;
    for (MemoryModule owner : ModuleTree.memoryModules(module)) {
      for (NamedMemory memory : owner.namedMemories()) {
        owner.setMemory(memory.name(), values.get(next++));
      }
    }
  }

  /** A module's forward as a pure function of inputs and memories. */
  public static FunctionalForward toFunctionalForward(Module module) {
    return toFunctionalForward(module, module::forward);
  }

  /**
   * As {@link #toFunctionalForward(Module)}, for another forward of the module, such as one that
   * takes further arguments. The module serves as work space, so calls wait for each other; its
   * memories are put back afterwards, whether the forward succeeds or fails.
   *
   * @param forward runs the module
   */
  public static FunctionalForward toFunctionalForward(
      Module module, UnaryOperator<List<INDArray>> forward) {
    return (inputs, memories) -> {
      synchronized (module) {
        List<MemoryValue> values = MemorySchema.of(module).checkStates(memories);
        TreeMemories before = TreeMemories.of(module);
        try {
          assign(module, values);
          List<INDArray> outputs = forward.apply(inputs);
          MemoryList after = extractMemories(module);
          if (after.size() != values.size()) {
            throw ModuleException.stateCount(module, values.size(), after.size());
          }
          return new StepResult(outputs, after);
        } catch (StackOverflowError e) {
          throw ModuleException.tooDeep(module, e);
        } catch (ModuleException e) {
          throw e.seenFrom(module);
        } finally {
          before.restore();
        }
      }
    };
  }
}
