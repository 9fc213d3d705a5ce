package org.velella.module;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A part of a network: named children in registration order and a forward. Modules that remember
 * something between steps extend {@link MemoryModule}.
 *
 * <p>A user's module can run in the engine, see {@link HostOperation}; it then needs a public
 * constructor without arguments, or one that takes a {@code Map<String, String>} and {@link
 * #arguments()} that give it back.
 */
public abstract class Module {
  private final Map<String, Module> children = new LinkedHashMap<>();

  /**
   * Makes a module a child of this one; memories of children follow this module's own, in
   * registration order. The same module may be registered several times.
   *
   * @param name any text; see {@link MemoryPath} for how it stands in paths
   * @return the child
   * @throws ModuleException {@link ModuleError#NAME_TAKEN} or {@link ModuleError#NAME_INVALID}
   */
  protected final <M extends Module> M registerModule(String name, M child) {
    if (name.isEmpty()) {
      throw new ModuleException(
          ModuleError.NAME_INVALID, "A child of " + typeName() + " has an empty name");
    }
    if (hasMember(name)) {
      throw new ModuleException(
          ModuleError.NAME_TAKEN, name + " has been set as a member variable!");
    }
    if (child == this) {
      throw new ModuleException(
          ModuleError.NAME_INVALID, typeName() + " cannot be its own child '" + name + "'");
    }
    children.put(name, child);
    return child;
  }

  /** Whether a child or memory of this module itself has that name. */
  boolean hasMember(String name) {
    return children.containsKey(name);
  }

  /** The children by name, in registration order; a read-only view. */
  public final Map<String, Module> namedChildren() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * The outputs for the inputs.
   *
   * @param inputs each {@code [N, *]}, or {@code [T, N, *]} in multi-step mode; never changed
   */
  public abstract List<INDArray> forward(List<INDArray> inputs);

  /**
   * The only output for the only input.
   *
   * @throws ModuleException {@link ModuleError#OUTPUT_COUNT} if there is not exactly one output
   */
  public final INDArray forward(INDArray input) {
    return Steps.single(forward(List.of(input)), typeName());
  }

  /** Puts this module's own memories back to their reset values; children are not touched. */
  public void reset() {
    // A module without memories has nothing to put back.
  }

  /**
   * Makes this module's own memories independent of buffers that somebody else may reuse or free.
   */
  public void detach() {
    // A module without memories has nothing to copy.
  }

  /**
   * Whether the children's step modes are part of how this module works, so that {@link
   * Modules#setStepMode} must leave them alone. True, unless overridden, for a {@link MemoryModule}
   * that runs sequences step by step: its children only ever see single steps.
   */
  protected boolean keepsChildStepModes() {
    return this instanceof MemoryModule module && Overrides.stepsThroughSequences(module);
  }

  /**
   * What the public constructor that takes a {@code Map<String, String>} needs to build an equal
   * module, as written to network files.
   */
  protected Map<String, String> arguments() {
    return Map.of();
  }

  /** The class name as messages show it. */
  final String typeName() {
    String simple = getClass().getSimpleName();
    return simple.isEmpty() ? getClass().getName() : simple;
  }
}
