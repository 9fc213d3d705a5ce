package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A built-in module: its forward hands an {@link Operation} to the engine, so that a module and a
 * network node of the same operation give the same bits.
 *
 * <p>There is one input, or one for each of {@link Operation#inputNames()}, of the shapes that
 * {@link Operation#inputShape} says.
 *
 * <p>Inputs are FLOAT. One step is {@code [N, *]}; {@code [N]} is N samples of one number, and a
 * single number is one such sample. A sequence is {@code [T, N, *]}; {@code [T]} is T steps of one
 * number. Memories have the shape of one step, as the operation defines it.
 */
public abstract class OperationModule extends MemoryModule {
  private static final String AUTO_BACKEND = "auto";

  private final Operation operation;
  private OperationExecutor executor;
  private Shape specsInput;
  private List<MemorySpec> specs;

  /** A module without memories. */
  protected OperationModule(Operation operation) {
    this(operation, List.of());
  }

  /**
   * A module with memories.
   *
   * @param memories in the operation's order. A value is {@link MemoryValue#scalar} where all
   *     neurons start from one number, and {@link MemoryValue#empty} where they start from what
   *     {@link Operation#memories} says for the shape
   */
  protected OperationModule(Operation operation, List<NamedMemory> memories) {
    this.operation = operation;
    memories.forEach(memory -> registerMemory(memory.name(), memory.value()));
  }

  /** What this module computes. */
  public final Operation operation() {
    return operation;
  }

  /** What the random numbers depend on, for an operation that draws some. */
  protected Noise noise() {
    return Noise.DEFAULT;
  }

  /** Takes an engine instead of the one that is on the class path. */
  final void executor(OperationExecutor engine) {
    executor = engine;
  }

  private OperationExecutor engine() {
    return executor == null ? OperationExecutors.engine() : executor;
  }

  private OperationExecutor chosenEngine() {
    return backend().equals(AUTO_BACKEND) ? engine() : engine().on(backend());
  }

  /** {@code auto}, and what the engine offers beyond it. */
  @Override
  public final List<String> supportedBackends() {
    List<String> backends = new ArrayList<>(List.of(AUTO_BACKEND));
    backends.addAll(engine().backends());
    return backends;
  }

  @Override
  final String defaultBackend() {
    return AUTO_BACKEND;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Numbers are spread over the shape that the operation gives its memories for this input.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_SHAPE} or {@link ModuleError#MEMORY_DTYPE} if
   *     a tensor is of another shape or type; {@link ModuleError#MEMORY_VALUE} if a number is none
   *     that the memory can hold
   */
  @Override
  public List<MemoryValue> materialize(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    Shape step = step(inputs, mode);
    List<MemorySpec> expected = specs(features(step));
    if (expected.size() != memories.size()) {
      throw ModuleException.stateCount(this, expected.size(), memories.size());
    }
    List<MemoryValue> ready = new ArrayList<>(memories.size());
    for (int i = 0; i < memories.size(); i++) {
      ready.add(materialize(expected.get(i), memories.get(i), step));
    }
    return ready;
  }

  private static MemoryValue materialize(MemorySpec spec, MemoryValue memory, Shape step) {
    boolean batched = step.rank() > 0 && spec.scope() == MemoryScope.PER_SAMPLE;
    if (memory.kind() == MemoryValue.Kind.EMPTY) {
      return new TensorValue(batched ? Values.repeat(spec.initial(), step.dim(0)) : spec.initial());
    }
    Shape shape = batched ? spec.shape().prepend(step.dim(0)) : spec.shape();
    MemoryValue ready = memory.like(spec.name(), shape, spec.dtype());
    if (ready.tensor().dtype() != spec.dtype()) {
      throw ModuleException.ofMemory(
          ModuleError.MEMORY_DTYPE,
          spec.name(),
          "is %s, but must be %s".formatted(ready, spec.dtype()));
    }
    if (!spec.holds(ready.tensor())) {
      throw ModuleException.ofMemory(
          ModuleError.MEMORY_VALUE,
          spec.name(),
          "is %d, but must be from 0 to %d".formatted(ready.tensor().longs()[0], spec.most()));
    }
    return ready;
  }

  @Override
  public final StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
    Shape step = step(inputs, StepMode.SINGLE_STEP);
    StepResult result = run(inputs, step, 1, memories);
    Tensor output = NdArrays.toTensor(result.output());
    Tensor first = output.reshape(output.shape().dropFirst(1));
    return new StepResult(List.of(NdArrays.toArray(first)), result.memories());
  }

  @Override
  public final StepResult multiStep(List<INDArray> inputs, List<MemoryValue> memories) {
    Shape step = step(inputs, StepMode.MULTI_STEP);
    return run(inputs, step, NdArrays.shape(inputs.get(0)).dim(0), memories);
  }

  /** The inputs as they are: an operation knows its shapes, and may take no single step. */
  @Override
  final List<INDArray> exampleOfNoSteps(List<INDArray> inputs) {
    return inputs;
  }

  /** Output {@code [T, *]} and memories for inputs of T steps of shape {@code step}. */
  private StepResult run(List<INDArray> inputs, Shape step, int steps, List<MemoryValue> memories) {
    int batch = step.rank() == 0 ? 1 : step.dim(0);
    Shape features = features(step);
    Shape output = operation.outputShape(features);
    Shape outputStep = step.rank() == 0 ? output : output.prepend(batch);
    if (steps == 0 || batch == 0) {
      Tensor none = Tensor.zeros(DType.FLOAT32, outputStep.prepend(steps));
      return new StepResult(List.of(NdArrays.toArray(none)), memories);
    }
    List<MemorySpec> expected = specs(features);
    List<Tensor> before = new ArrayList<>(memories.size());
    for (int i = 0; i < memories.size(); i++) {
      Tensor memory = memories.get(i).tensor();
      before.add(memory.reshape(stored(expected.get(i), batch)));
    }
    List<Tensor> sequences = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      Shape sequence = inputFeatures(i, features).prepend(batch).prepend(steps);
      sequences.add(NdArrays.toTensor(inputs.get(i)).reshape(sequence));
    }
    OperationExecutor.Result result = chosenEngine().run(operation, sequences, before, noise());
    List<MemoryValue> after = new ArrayList<>(memories.size());
    for (int i = 0; i < memories.size(); i++) {
      Shape shape = memories.get(i).tensor().shape();
      after.add(kept(expected.get(i), result.memories().get(i).reshape(shape)));
    }
    Tensor outputs = result.output().reshape(outputStep.prepend(steps));
    return new StepResult(List.of(NdArrays.toArray(outputs)), after);
  }

  /** One whole number for all samples, such as a step counter, is kept as that. */
  private static MemoryValue kept(MemorySpec spec, Tensor memory) {
    return spec.isCounter() ? MemoryValue.integer(memory.longs()[0]) : new TensorValue(memory);
  }

  private static Shape stored(MemorySpec spec, int batch) {
    return spec.scope() == MemoryScope.PER_SAMPLE ? spec.shape().prepend(batch) : spec.shape();
  }

  private static Shape features(Shape step) {
    return step.rank() == 0 ? step : step.dropFirst(1);
  }

  /** The per-sample shape of an input. */
  private Shape inputFeatures(int input, Shape first) {
    return input == 0 ? first : operation.inputShape(operation.inputNames().get(input), first);
  }

  /** The shape of one step of the first input; the others must fit it. */
  private Shape step(List<INDArray> inputs, StepMode mode) {
    List<String> names = operation.inputNames();
    if (inputs.size() != Math.max(1, names.size())) {
      String wanted = names.size() < 2 ? "one input" : "the inputs " + names;
      throw new ModuleException(
          ModuleError.INPUT_COUNT,
          "%s takes %s, but got %d".formatted(typeName(), wanted, inputs.size()));
    }
    Shape step = step(inputs.get(0), mode);
    for (int i = 1; i < inputs.size(); i++) {
      step(inputs.get(i), mode);
      Shape first = NdArrays.shape(inputs.get(0));
      Shape other = NdArrays.shape(inputs.get(i));
      Shape features = features(step);
      Shape own = inputFeatures(i, features);
      Shape expected = own;
      for (int axis = first.rank() - features.rank() - 1; axis >= 0; axis--) {
        expected = expected.prepend(first.dim(axis));
      }
      if (!other.equals(expected)) {
        String takes =
            own.equals(features) ? "inputs of one shape" : "'" + names.get(i) + "' " + expected;
        throw new ModuleException(
            ModuleError.INPUT_SHAPE,
            "%s takes %s, but '%s' is %s and '%s' is %s"
                .formatted(typeName(), takes, names.get(0), first, names.get(i), other));
      }
    }
    return step;
  }

  private Shape step(INDArray input, StepMode mode) {
    DType type = NdArrays.dtype(input);
    if (type != DType.FLOAT32) {
      throw new ModuleException(
          ModuleError.INPUT_DTYPE,
          "%s computes in FLOAT, but its input is %s; convert it with castTo(DataType.FLOAT)"
              .formatted(typeName(), NdArrays.dataType(type)));
    }
    Shape shape = NdArrays.shape(input);
    if (mode == StepMode.SINGLE_STEP) {
      return shape;
    }
    Steps.count(List.of(shape), typeName());
    return shape.dropFirst(1);
  }

  @Override
  final Optional<Tensor> freshSample(String name, Tensor memory) {
    Optional<Tensor> fresh = super.freshSample(name, memory);
    // The operation's values stand in for an empty reset value only, as they do after a reset.
    if (specs == null || resetValue(name).kind() != MemoryValue.Kind.EMPTY) {
      return fresh;
    }
    Shape sample = memory.shape().dropFirst(1);
    return specs.stream()
        .filter(spec -> spec.name().equals(name) && spec.shape().equals(sample))
        .filter(spec -> spec.dtype() == memory.dtype())
        .map(MemorySpec::initial)
        .findFirst();
  }

  private List<MemorySpec> specs(Shape features) {
    if (!features.equals(specsInput)) {
      specs = operation.memories(features);
      specsInput = features;
    }
    return specs;
  }
}
