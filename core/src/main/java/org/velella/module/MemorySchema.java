package org.velella.module;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What a list of memories must look like to be loaded into a tree: paths, kinds, types, shapes. */
public final class MemorySchema {
  private final String owner;
  private final List<Entry> entries;

  /**
   * One memory that a list must hold.
   *
   * @param name its path
   * @param current what the memory holds now
   * @param reset what it holds after a reset
   */
  public record Entry(String name, MemoryValue current, MemoryValue reset) {
    private boolean either(MemoryValue.Kind kind) {
      return current.kind() == kind || reset.kind() == kind;
    }
  }

  private MemorySchema(String owner, List<Entry> entries) {
    this.owner = owner;
    this.entries = List.copyOf(entries);
  }

  /** What {@link Memories#loadMemories} expects for a module as it is now. */
  static MemorySchema of(Module root) {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ModuleTree.Visit visit : ModuleTree.walk(root)) {
      if (visit.module() instanceof MemoryModule module) {
        for (NamedMemory memory : module.namedMemories()) {
          String path = visit.path("", memory.name());
          requireNew(names, path);
          entries.add(new Entry(path, memory.value(), module.resetOrCurrent(memory.name())));
        }
      }
    }
    return new MemorySchema(root.typeName(), entries);
  }

  private static void requireNew(Set<String> names, String path) {
    if (!names.add(path)) {
      throw new ModuleException(
          ModuleError.MEMORY_NAME, "Two memories of the tree have the path " + path);
    }
  }

  /** The memories in order. */
  public List<Entry> entries() {
    return entries;
  }

  /** The paths in order. */
  public List<String> names() {
    return entries.stream().map(Entry::name).toList();
  }

  /**
   * The values of a list as the tree holds them: as they are, except that a tensor of rank 0 that
   * stands for an integer (INT64) or a scalar (FLOAT64) becomes one.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_COUNT}, {@link ModuleError#MEMORY_NAME},
   *     {@link ModuleError#MEMORY_KIND}, {@link ModuleError#MEMORY_DTYPE} or {@link
   *     ModuleError#MEMORY_SHAPE} if the list does not fit; the message names the memory, what it
   *     expects and what was found
   */
  public List<MemoryValue> check(List<MemoryValue> memories) {
    if (memories.size() != entries.size()) {
      throw new ModuleException(
          ModuleError.MEMORY_COUNT,
          "Memory length mismatch: model has %d memories but list contains %d"
              .formatted(entries.size(), memories.size()));
    }
    requireNames(memories);
    List<MemoryValue> fitting = unfold(memories);
    for (int i = 0; i < entries.size(); i++) {
      requireFit(entries.get(i), fitting.get(i));
    }
    return fitting;
  }

  /** As {@link #check}, but of the count and the names only, for a pure forward. */
  List<MemoryValue> checkStates(List<MemoryValue> memories) {
    if (memories.size() != entries.size()) {
      throw new ModuleException(
          ModuleError.MEMORY_COUNT,
          "%s expected %d states, but got %d.".formatted(owner, entries.size(), memories.size()));
    }
    requireNames(memories);
    return unfold(memories);
  }

  private void requireNames(List<MemoryValue> memories) {
    if (!(memories instanceof MemoryList list)) {
      return;
    }
    for (int i = 0; i < entries.size(); i++) {
      if (!entries.get(i).name().equals(list.names().get(i))) {
        throw new ModuleException(
            ModuleError.MEMORY_NAME,
            "Memory name mismatch at index %d: model has '%s' but list contains '%s'"
                .formatted(i, entries.get(i).name(), list.names().get(i)));
      }
    }
  }

  /** Turns the rank-0 tensors of a checkpoint back into integers and scalars. */
  private List<MemoryValue> unfold(List<MemoryValue> memories) {
    List<MemoryValue> unfolded = new ArrayList<>(memories.size());
    for (int i = 0; i < memories.size(); i++) {
      MemoryValue value = Objects.requireNonNull(memories.get(i), entries.get(i).name());
      unfolded.add(unfold(entries.get(i), value));
    }
    return unfolded;
  }

  private static MemoryValue unfold(Entry entry, MemoryValue value) {
    if (value.kind() != MemoryValue.Kind.TENSOR || value.tensor().shape().rank() != 0) {
      return value;
    }
    Tensor tensor = value.tensor();
    if (entry.either(MemoryValue.Kind.INTEGER) && tensor.dtype() == DType.INT64) {
      return MemoryValue.integer(tensor.longs()[0]);
    }
    if (entry.either(MemoryValue.Kind.SCALAR) && tensor.dtype() == DType.FLOAT64) {
      return MemoryValue.scalar(tensor.doubles()[0]);
    }
    return value;
  }

  private static void requireFit(Entry entry, MemoryValue value) {
    MemoryValue current = entry.current();
    if (current.kind() == MemoryValue.Kind.TENSOR && value.kind() == MemoryValue.Kind.TENSOR) {
      requireSame(entry.name(), current.tensor(), value.tensor());
      return;
    }
    boolean open = current.kind() == MemoryValue.Kind.EMPTY;
    boolean spread =
        current.kind() == MemoryValue.Kind.SCALAR && value.kind() == MemoryValue.Kind.TENSOR;
    if (!open && !spread && !entry.either(value.kind())) {
      throw mismatch(ModuleError.MEMORY_KIND, entry.name(), current.toString(), value.toString());
    }
  }

  private static void requireSame(String name, Tensor expected, Tensor found) {
    Shape shape = expected.shape();
    if (!shape.equals(found.shape())) {
      throw mismatch(
          ModuleError.MEMORY_SHAPE,
          name,
          "shape " + shape,
          "shape " + found.shape() + "; reset the model first if its batch is to change");
    }
    if (expected.dtype() != found.dtype()) {
      throw mismatch(
          ModuleError.MEMORY_DTYPE, name, "dtype " + expected.dtype(), "dtype " + found.dtype());
    }
  }

  private static ModuleException mismatch(
      ModuleError error, String name, String expected, String found) {
    return new ModuleException(
        error,
        "Memory '%s' does not fit: model has %s but list contains %s"
            .formatted(name, expected, found));
  }
}
