package org.velella.module;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.tensor.Tensor;

/**
 * All memories of a tree at one moment, in order, with their paths. Immutable: it stays what it was
 * when the modules run on or are reset.
 */
public final class MemoryList extends AbstractList<MemoryValue> {
  private final List<String> names;
  private final List<MemoryValue> values;

  private MemoryList(List<String> names, List<MemoryValue> values) {
    this.names = List.copyOf(names);
    this.values = List.copyOf(values);
  }

  /**
   * Memories with their paths.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_NAME} if two have the same path
   */
  public static MemoryList of(List<NamedMemory> memories) {
    List<String> names = new ArrayList<>();
    List<MemoryValue> values = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (NamedMemory memory : memories) {
      if (!seen.add(memory.name())) {
        throw new ModuleException(
            ModuleError.MEMORY_NAME,
            "Two memories have the path "
                + memory.name()
                + "; give the module or the memory another name");
      }
      names.add(memory.name());
      values.add(memory.value());
    }
    return new MemoryList(names, values);
  }

  /** Copies of tensors by path, as a checkpoint holds them, in the order of the map. */
  public static MemoryList of(Map<String, Tensor> tensors) {
    List<NamedMemory> memories = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> memories.add(new NamedMemory(name, MemoryValue.tensor(tensor))));
    return of(memories);
  }

  /** The paths, in order. */
  public List<String> names() {
    return names;
  }

  /** The memories with their paths, in order. */
  public List<NamedMemory> named() {
    List<NamedMemory> named = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      named.add(new NamedMemory(names.get(i), values.get(i)));
    }
    return named;
  }

  /**
   * The memory with a path.
   *
   * @throws ModuleException {@link ModuleError#UNKNOWN_MEMORY} if there is none
   */
  public MemoryValue value(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new ModuleException(
          ModuleError.UNKNOWN_MEMORY,
          name + " is not among the memories of this list; they are " + names);
    }
    return values.get(index);
  }

  @Override
  public MemoryValue get(int index) {
    return values.get(index);
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public String toString() {
    return named().toString();
  }
}
