package org.velella.module;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Output shape and memories of a host operation for one input shape, found by running one step of
 * zeros for two batch sizes: the axis that differs is the batch.
 */
final class HostLayout {
  // Two sizes other than 1, so that neither broadcasting nor chance makes them look alike.
  private static final int SMALL = 2;
  private static final int LARGE = 3;

  private final HostOperation operation;
  private final Shape output;
  private final List<MemorySpec> memories = new ArrayList<>();

  private HostLayout(HostOperation operation, Shape input) {
    this.operation = operation;
    Trial small = new Trial(SMALL, input);
    Trial large = new Trial(LARGE, input);
    output = perSample("its output", small.output, large.output);
    for (int i = 0; i < small.names.size(); i++) {
      memories.add(spec(small.names.get(i), small, large, i));
    }
  }

  static HostLayout of(HostOperation operation, Shape input) {
    return new HostLayout(operation, input);
  }

  Shape output() {
    return output;
  }

  List<MemorySpec> memories() {
    return List.copyOf(memories);
  }

  /** One run of a fresh module. */
  private final class Trial {
    final List<String> names;
    final List<Tensor> initial = new ArrayList<>();
    final Shape output;

    Trial(int batch, Shape input) {
      Module module = operation.instantiate();
      StepMode mode = HostSteps.prepare(module);
      Map<MemoryModule, List<MemoryValue>> starts = new IdentityHashMap<>();
      List<MemoryModule> owners = ModuleTree.memoryModules(module);
      for (MemoryModule owner : owners) {
        starts.put(owner, owner.memories());
        owner.onMaterialize(ready -> starts.put(owner, ready));
      }
      output = run(module, mode, input.prepend(batch));
      List<NamedMemory> after = Memories.namedMemories(module);
      names = after.stream().map(NamedMemory::name).toList();
      List<MemoryValue> before = new ArrayList<>();
      owners.forEach(owner -> before.addAll(starts.get(owner)));
      for (int i = 0; i < names.size(); i++) {
        initial.add(initial(names.get(i), before.get(i), after.get(i).value()));
      }
    }

    private Shape run(Module module, StepMode mode, Shape step) {
      boolean multi = mode == StepMode.MULTI_STEP;
      INDArray zeros =
          NdArrays.toArray(Tensor.zeros(DType.FLOAT32, multi ? step.prepend(1) : step));
      List<INDArray> outputs;
      try {
        outputs = module.forward(List.of(zeros));
      } catch (RuntimeException e) {
        throw refuse("it fails for a step of zeros of shape " + step + ": " + e.getMessage(), e);
      }
      Shape shape = HostSteps.requireFloat(outputs, operation.className());
      return multi ? shape.dropFirst(1) : shape;
    }
  }

  /** What a memory starts from, in the shape and type that it has after a step. */
  private Tensor initial(String name, MemoryValue before, MemoryValue after) {
    String memory = "its memory '" + name + "' ";
    if (after.kind() == MemoryValue.Kind.EMPTY || after.kind() == MemoryValue.Kind.QUEUE) {
      throw refuse(
          memory + "is " + after + " after a step; keep it as one tensor of fixed shape", null);
    }
    if (before.kind() == MemoryValue.Kind.EMPTY || before.kind() == MemoryValue.Kind.QUEUE) {
      throw refuse(
          memory + "is " + before + " before the first step; let materialize make a tensor of it",
          null);
    }
    Tensor last = after.tensor();
    boolean spread =
        before.kind() != MemoryValue.Kind.TENSOR && after.kind() == MemoryValue.Kind.TENSOR;
    Tensor first =
        spread ? before.like(name, last.shape(), last.dtype()).tensor() : before.tensor();
    if (first.dtype() != last.dtype() || !first.shape().equals(last.shape())) {
      throw refuse(
          memory
              + "turns from %s %s to %s %s in the first step; start from its final shape and type"
                  .formatted(first.dtype(), first.shape(), last.dtype(), last.shape()),
          null);
    }
    return first;
  }

  private MemorySpec spec(String name, Trial small, Trial large, int index) {
    Tensor few = small.initial.get(index);
    Tensor many = large.initial.get(index);
    if (few.bitEquals(many)) {
      return new MemorySpec(name, MemoryScope.SHARED, few);
    }
    Shape shape = perSample("its memory '" + name + "'", few.shape(), many.shape());
    Tensor sample = few.rows(0, 1).reshape(shape);
    if (!Values.repeat(sample, LARGE).bitEquals(many)) {
      throw refuse("samples start from different values of its memory '" + name + "'", null);
    }
    return new MemorySpec(name, MemoryScope.PER_SAMPLE, sample);
  }

  private Shape perSample(String what, Shape small, Shape large) {
    boolean batched =
        small.rank() > 0
            && small.dim(0) == SMALL
            && large.equals(small.dropFirst(1).prepend(LARGE));
    if (!batched) {
      throw refuse(
          "%s has shape %s for a batch of %d and %s for %d; the batch must be the first axis"
              .formatted(what, small, SMALL, large, LARGE),
          null);
    }
    return small.dropFirst(1);
  }

  private ModuleException refuse(String reason, RuntimeException cause) {
    return new ModuleException(
        ModuleError.HOST_CLASS,
        "Module class " + operation.className() + " cannot run in the engine: " + reason,
        cause);
  }
}
