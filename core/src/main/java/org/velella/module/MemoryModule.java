package org.velella.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.Tensor;

/**
 * A module that remembers something between steps.
 *
 * <p>Subclasses register their memories in the constructor and implement {@link #singleStep}, or
 * {@link #multiStep} if they need the whole sequence, as pure functions; the rest follows. A
 * subclass may instead override {@link #singleStepForward} and change memories with {@link
 * #setMemory}. Either way a forward that fails leaves the memories as they were.
 *
 * <p>Values are immutable and copied in and out, so nothing that a caller holds can change a
 * memory. Instances are not safe for use by several threads.
 */
public abstract class MemoryModule extends Module implements StepModule {
  /** The backend of modules that run as they are written. */
  static final String NATIVE_BACKEND = "nd4j";

  private final Map<String, MemoryValue> values = new LinkedHashMap<>();
  private final Map<String, MemoryValue> resetValues = new LinkedHashMap<>();
  private StepMode stepMode;
  private String backend;
  private Consumer<List<MemoryValue>> materializeListener = states -> {};

  /**
   * Adds a memory, which starts at {@code value} and goes back to it on {@link #reset()}.
   *
   * @param name without anything that {@link MemoryPath} would have to quote
   * @throws ModuleException {@link ModuleError#NAME_TAKEN} or {@link ModuleError#NAME_INVALID}
   */
  protected final void registerMemory(String name, MemoryValue value) {
    if (!MemoryPath.isPlain(name)) {
      throw new ModuleException(
          ModuleError.NAME_INVALID,
          "Memory name \"%s\" of %s is empty or holds a dot, quote, comma, colon, equals sign or"
              + " blank, which have a meaning in paths".formatted(name, typeName()));
    }
    if (hasMember(name)) {
      throw new ModuleException(
          ModuleError.NAME_TAKEN, name + " has been set as a member variable!");
    }
    values.put(name, value);
    resetValues.put(name, value);
  }

  /** Removes a memory and its reset value; the name can be registered again. */
  protected final void removeMemory(String name) {
    requireMemory(name);
    values.remove(name);
    resetValues.remove(name);
  }

  @Override
  final boolean hasMember(String name) {
    return values.containsKey(name) || super.hasMember(name);
  }

  private void requireMemory(String name) {
    if (!values.containsKey(name)) {
      throw new ModuleException(ModuleError.UNKNOWN_MEMORY, name + " is not a registered memory.");
    }
  }

  /**
   * The value of a memory.
   *
   * @throws ModuleException {@link ModuleError#UNKNOWN_MEMORY} if none has that name
   */
  public final MemoryValue memory(String name) {
    requireMemory(name);
    return values.get(name);
  }

  /**
   * Replaces the value of a memory; any value goes. {@link Memories#loadMemories} checks.
   *
   * @throws ModuleException {@link ModuleError#UNKNOWN_MEMORY} if none has that name
   */
  public final void setMemory(String name, MemoryValue value) {
    requireMemory(name);
    values.put(name, Objects.requireNonNull(value, name));
  }

  /** This module's own memories, without those of its children, in registration order. */
  public final List<MemoryValue> memories() {
    return List.copyOf(values.values());
  }

  /** As {@link #memories()}, with their unqualified names. */
  public final List<NamedMemory> namedMemories() {
    return values.entrySet().stream().map(e -> new NamedMemory(e.getKey(), e.getValue())).toList();
  }

  /**
   * Sets the value that a memory gets on {@link #reset()}; the memory itself stays as it is.
   *
   * @throws ModuleException {@link ModuleError#UNKNOWN_MEMORY} if none has that name
   */
  public final void setResetValue(String name, MemoryValue value) {
    requireMemory(name);
    resetValues.put(name, Objects.requireNonNull(value, name));
  }

  /** Takes a memory's reset value away; it must be set again before the next {@link #reset()}. */
  public final void clearResetValue(String name) {
    requireMemory(name);
    resetValues.remove(name);
  }

  /**
   * The value that a memory gets on {@link #reset()}.
   *
   * @throws ModuleException {@link ModuleError#UNKNOWN_MEMORY} or {@link
   *     ModuleError#NO_RESET_VALUE}
   */
  public final MemoryValue resetValue(String name) {
    requireMemory(name);
    MemoryValue value = resetValues.get(name);
    if (value == null) {
      throw new ModuleException(
          ModuleError.NO_RESET_VALUE, name + " has no reset value. Call setResetValue first.");
    }
    return value;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModuleException {@link ModuleError#NO_RESET_VALUE}; then no memory has changed
   */
  @Override
  public void reset() {
    values.keySet().forEach(this::resetValue);
    values.replaceAll((name, old) -> resetValues.get(name));
  }

  @Override
  public final StepMode stepMode() {
    if (stepMode == null) {
      boolean single = supportedStepModes().contains(StepMode.SINGLE_STEP);
      return single ? StepMode.SINGLE_STEP : StepMode.MULTI_STEP;
    }
    return stepMode;
  }

  @Override
  public final void setStepMode(StepMode mode) {
    stepMode = mode.requireIn(supportedStepModes());
  }

  /** What {@link #setBackend} accepts; the first one holds until then. */
  public List<String> supportedBackends() {
    return List.of(NATIVE_BACKEND);
  }

  /** What this module's own forward runs on. Runs of the engine choose their own. */
  public final String backend() {
    return backend == null ? defaultBackend() : backend;
  }

  String defaultBackend() {
    return supportedBackends().get(0);
  }

  /**
   * Sets what this module's own forward runs on; it changes the speed, never the result.
   *
   * @throws ModuleException {@link ModuleError#BACKEND} if it is not supported
   */
  public final void setBackend(String name) {
    if (!supportedBackends().contains(name)) {
      throw new ModuleException(
          ModuleError.BACKEND,
          "%s is not a supported backend of %s! Supported are %s"
              .formatted(name, typeName(), supportedBackends()));
    }
    backend = name;
  }

  /**
   * The memories made ready for the inputs, such as a scalar spread over the shape of the first
   * step. Changes nothing; gives the memories as they are unless overridden. {@link
   * #materializeLike} does the usual.
   *
   * @param inputs all inputs of the forward, in {@code mode}'s layout
   * @param memories own ones, in registration order
   */
  public List<MemoryValue> materialize(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    return memories;
  }

  /**
   * Every memory as a tensor of the shape of one step of the first input, see {@link
   * MemoryValue#like(String, INDArray)}.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_SHAPE} if a tensor has another shape
   */
  protected final List<MemoryValue> materializeLike(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    INDArray step = mode == StepMode.SINGLE_STEP ? inputs.get(0) : inputs.get(0).slice(0);
    List<String> names = List.copyOf(values.keySet());
    List<MemoryValue> ready = new ArrayList<>(memories.size());
    for (int i = 0; i < memories.size(); i++) {
      ready.add(memories.get(i).like(names.get(i), step));
    }
    return ready;
  }

  /**
   * Outputs and memories after one step, as a pure function.
   *
   * @param inputs each {@code [N, *]}
   * @param memories own ones, made ready by {@link #materialize}, in registration order
   * @throws ModuleException {@link ModuleError#NOT_IMPLEMENTED} unless overridden
   */
  public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
    throw new ModuleException(
        ModuleError.NOT_IMPLEMENTED, typeName() + " does not implement singleStep.");
  }

  /**
   * Outputs {@code [T, N, *]} and memories after a sequence of steps, as a pure function: {@link
   * #singleStep} T times, unless overridden. Without any step the outputs have length 0 and the
   * memories stay; one discarded step of zeros then tells the outputs' shapes.
   *
   * @param inputs each {@code [T, N, *]}
   * @param memories as in {@link #singleStep}
   * @throws ModuleException {@link ModuleError#OUTPUTS_DIFFER} if outputs cannot be stacked; {@link
   *     ModuleError#INPUT_SHAPE} if the inputs differ in T
   */
  public StepResult multiStep(List<INDArray> inputs, List<MemoryValue> memories) {
    int steps = Steps.count(Steps.shapes(inputs), typeName());
    if (steps == 0) {
      List<INDArray> outputs = multiStep(Steps.oneOfZeros(inputs), memories).outputs();
      return new StepResult(Steps.none(outputs), memories);
    }
    var sequences = Steps.tensors(inputs);
    Steps.Stack outputs = Steps.Stack.ofSteps(typeName());
    List<MemoryValue> states = memories;
    for (int t = 0; t < steps; t++) {
      StepResult result = singleStep(Steps.at(sequences, t), states);
      outputs.add(result.outputs());
      states = result.memories();
    }
    return new StepResult(outputs.join(), states);
  }

  /**
   * Outputs and memories in the current step mode, with the memories given and not this module's:
   * {@link #materialize}, then {@link #singleStep} or {@link #multiStep}.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_COUNT} if their number is not this module's
   */
  public final StepResult functionalForward(List<INDArray> inputs, List<MemoryValue> memories) {
    requireCount(memories);
    return run(inputs, memories, stepMode());
  }

  private StepResult run(List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    if (mode == StepMode.SINGLE_STEP) {
      return singleStep(inputs, materialized(inputs, memories, mode));
    }
    if (Steps.count(Steps.shapes(inputs), typeName()) == 0) {
      // There is no first step that memories could be made ready for, so they stay as they are.
      List<INDArray> example = exampleOfNoSteps(inputs);
      List<INDArray> outputs = multiStep(example, materialized(example, memories, mode)).outputs();
      return new StepResult(Steps.none(outputs), memories);
    }
    return multiStep(inputs, materialized(inputs, memories, mode));
  }

  /** A sequence that tells the shapes of outputs where {@code inputs} have no steps. */
  List<INDArray> exampleOfNoSteps(List<INDArray> inputs) {
    return Steps.oneOfZeros(inputs);
  }

  private List<MemoryValue> materialized(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    List<MemoryValue> ready =
        ModuleException.ownedBy(this, () -> materialize(inputs, memories, mode));
    requireCount(ready);
    materializeListener.accept(ready);
    return ready;
  }

  private void requireCount(List<MemoryValue> states) {
    if (states.size() != values.size()) {
      throw ModuleException.stateCount(this, values.size(), states.size());
    }
  }

  /** Runs one step from this module's memories and keeps the new ones. */
  public List<INDArray> singleStepForward(List<INDArray> inputs) {
    return commit(run(inputs, memories(), StepMode.SINGLE_STEP));
  }

  /** Runs a sequence of steps from this module's memories and keeps the new ones. */
  public List<INDArray> multiStepForward(List<INDArray> inputs) {
    if (Overrides.onlyForward(this)) {
      return Modules.multiStepForward(inputs, this, this::singleStepForward);
    }
    return commit(run(inputs, memories(), StepMode.MULTI_STEP));
  }

  private List<INDArray> commit(StepResult result) {
    requireCount(result.memories());
    int i = 0;
    for (Map.Entry<String, MemoryValue> entry : values.entrySet()) {
      entry.setValue(result.memories().get(i++));
    }
    return result.outputs();
  }

  /**
   * The outputs in the current step mode; the memories move on. If it fails, the memories of this
   * module and of its descendants are what they were before.
   */
  @Override
  public List<INDArray> forward(List<INDArray> inputs) {
    return TreeMemories.atomically(
        this,
        () ->
            stepMode() == StepMode.SINGLE_STEP
                ? singleStepForward(inputs)
                : multiStepForward(inputs));
  }

  /**
   * Gives every own tensor memory {@code [N, *]} another number of samples: the first ones stay,
   * further ones start from the reset value. Numbers and empty memories stay as they are.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} for a queue, and for a tensor whose
   *     reset value is not one number, since its first axis need not be the samples; a module with
   *     such memories overrides this. No memory has changed then.
   */
  public void resizeBatch(int samples) {
    Map<String, MemoryValue> resized = values();
    resized.replaceAll(
        (name, value) -> Values.isArrays(value) ? resized(name, value, samples) : value);
    values.putAll(resized);
  }

  private MemoryValue resized(String name, MemoryValue value, int samples) {
    if (value.kind() == MemoryValue.Kind.TENSOR && value.tensor().shape().rank() > 0) {
      Optional<Tensor> fresh = freshSample(name, value.tensor());
      if (fresh.isPresent()) {
        return new TensorValue(Values.resized(value.tensor(), fresh.get(), samples));
      }
    }
    throw new ModuleException(
        ModuleError.MEMORY_KIND,
        "Memory '%s' is %s and resets to %s, so its samples are not known; override resizeBatch"
            .formatted(name, value, resetValue(name)));
  }

  /** What one more sample of a memory starts from, if that is known. */
  Optional<Tensor> freshSample(String name, Tensor memory) {
    MemoryValue reset = resetValue(name);
    return Values.isNumber(reset)
        ? Optional.of(reset.like(name, memory.shape().dropFirst(1), memory.dtype()).tensor())
        : Optional.empty();
  }

  /** The memories by name, in registration order; a copy. */
  final Map<String, MemoryValue> values() {
    return new LinkedHashMap<>(values);
  }

  final void restore(Map<String, MemoryValue> earlier) {
    values.clear();
    values.putAll(earlier);
    resetValues.keySet().retainAll(values.keySet());
  }

  /** The reset value, or the current one where it was cleared. */
  final MemoryValue resetOrCurrent(String name) {
    return resetValues.getOrDefault(name, values.get(name));
  }

  /** Tells somebody which memories a forward starts from once they are made ready. */
  final void onMaterialize(Consumer<List<MemoryValue>> listener) {
    materializeListener = listener;
  }

  @Override
  public String toString() {
    return "%s(step_mode=%s, backend=%s)".formatted(typeName(), stepMode().code(), backend());
  }
}
