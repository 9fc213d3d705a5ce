package org.velella.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.MemoryValue;
import org.velella.module.ModuleError;
import org.velella.module.ModuleException;
import org.velella.module.NamedMemory;
import org.velella.module.Noise;
import org.velella.module.Operation;
import org.velella.module.OperationModule;
import org.velella.module.StepMode;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A part of a module tree whose forward runs one operation of the engine on memories that lie in
 * this module and its descendants. Without an operation it only holds memories.
 */
abstract class EngineModule extends MemoryModule {
  private final Map<String, MemorySpec> specs = new LinkedHashMap<>();
  private final List<Slot> slots = new ArrayList<>();
  private Kernel kernel;

  /** Where one memory of the operation lies. */
  private record Slot(EngineModule owner, String name) {
    MemoryValue value() {
      return owner.memory(name);
    }
  }

  /** The operation with memories of its own, which are replaced before every forward. */
  private static final class Kernel extends OperationModule {
    private Noise noise = Noise.DEFAULT;

    Kernel(Operation operation, int memories) {
      super(operation, nothing(memories));
    }

    @Override
    protected Noise noise() {
      return noise;
    }

    private static List<NamedMemory> nothing(int memories) {
      List<NamedMemory> all = new ArrayList<>();
      for (int i = 0; i < memories; i++) {
        all.add(new NamedMemory("memory" + i, MemoryValue.empty()));
      }
      return all;
    }
  }

  /** Makes {@code operation} what forward runs; call it when all its slots are there. */
  final void run(Operation operation) {
    kernel = new Kernel(operation, slots.size());
  }

  /** Sets what the operation's random numbers depend on. */
  final void noise(Noise noise) {
    if (kernel != null) {
      kernel.noise = noise;
    }
  }

  /** Makes a module a child of this one. */
  final EngineModule add(String name, EngineModule child) {
    return registerModule(name, child);
  }

  /** The module under a name, made when first asked for. */
  final EngineModule part(String name) {
    return namedChildren().get(name) instanceof EngineModule part
        ? part
        : registerModule(name, new Part());
  }

  /** A module that only holds memories. */
  private static final class Part extends EngineModule {}

  /** Adds a memory of this module itself. */
  final void memory(String name, MemorySpec spec) {
    specs.put(name, spec);
    registerMemory(name, start(spec));
  }

  /** Says that the operation's next memory lies in {@code owner}. */
  final void slot(EngineModule owner, String name) {
    slots.add(new Slot(owner, name));
  }

  private static MemoryValue start(MemorySpec spec) {
    if (spec.isCounter()) {
      return MemoryValue.integer(spec.initial().longs()[0]);
    }
    if (spec.dtype() != DType.FLOAT32 || spec.initial().size() == 0) {
      return MemoryValue.empty();
    }
    float[] values = spec.initial().floats();
    for (float value : values) {
      if (Float.floatToRawIntBits(value) != Float.floatToRawIntBits(values[0])) {
        return MemoryValue.empty();
      }
    }
    return MemoryValue.scalar(values[0]);
  }

  @Override
  public final List<String> supportedBackends() {
    return kernel == null ? super.supportedBackends() : kernel.supportedBackends();
  }

  @Override
  public final List<INDArray> singleStepForward(List<INDArray> inputs) {
    return forward(inputs, StepMode.SINGLE_STEP);
  }

  @Override
  public final List<INDArray> multiStepForward(List<INDArray> inputs) {
    return forward(inputs, StepMode.MULTI_STEP);
  }

  private List<INDArray> forward(List<INDArray> inputs, StepMode mode) {
    if (kernel == null) {
      throw new NetworkException(
          "This module only holds memories of a network; run the network's module, or a node's");
    }
    kernel.setBackend(backend());
    kernel.setStepMode(mode);
    var result = kernel.functionalForward(inputs, slots.stream().map(Slot::value).toList());
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).owner.setMemory(slots.get(i).name, result.memories().get(i));
    }
    afterForward(result.outputs(), mode);
    return result.outputs();
  }

  /** Called with the outputs of a forward that succeeded. */
  void afterForward(List<INDArray> outputs, StepMode mode) {
    // Most operations keep all they need in their own memories.
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the reset value is empty, further samples start from what the operation says. Memories
   * that all samples share stay as they are.
   */
  @Override
  public final void resizeBatch(int samples) {
    Map<String, MemoryValue> resized = new LinkedHashMap<>();
    specs.forEach(
        (name, spec) -> {
          MemoryValue value = memory(name);
          boolean array = value.kind() == MemoryValue.Kind.TENSOR;
          boolean queue = value.kind() == MemoryValue.Kind.QUEUE;
          if (queue || array && spec.scope() == MemoryScope.PER_SAMPLE) {
            resized.put(name, resized(spec, name, samples));
          }
        });
    resized.forEach(this::setMemory);
  }

  private MemoryValue resized(MemorySpec spec, String name, int samples) {
    MemoryValue value = memory(name);
    MemoryValue reset = resetValue(name);
    boolean known =
        switch (reset.kind()) {
          case EMPTY, SCALAR, INTEGER -> true;
          case TENSOR, QUEUE -> false;
        };
    if (!known || value.kind() == MemoryValue.Kind.QUEUE || !holdsSamples(spec, value.tensor())) {
      throw new ModuleException(
          ModuleError.MEMORY_KIND,
          "Memory '%s' is %s and resets to %s, so its samples are not known"
              .formatted(name, value, reset));
    }
    Tensor fresh =
        reset.kind() == MemoryValue.Kind.EMPTY
            ? spec.initial()
            : reset.like(name, spec.shape(), spec.dtype()).tensor();
    return MemoryValue.tensor(resized(value.tensor(), fresh, samples));
  }

  /** Whether a tensor is {@code [N, *]}; a step that is a single number has no axis of samples. */
  private static boolean holdsSamples(MemorySpec spec, Tensor tensor) {
    Shape shape = tensor.shape();
    return tensor.dtype() == spec.dtype()
        && shape.rank() == spec.shape().rank() + 1
        && shape.dropFirst(1).equals(spec.shape());
  }

  private static Tensor resized(Tensor before, Tensor fresh, int samples) {
    Shape sample = fresh.shape();
    Tensor after = Tensor.zeros(fresh.dtype(), sample.prepend(samples));
    int kept = Math.min(samples, before.shape().dim(0));
    after.setRows(0, before.rows(0, kept));
    for (int n = kept; n < samples; n++) {
      after.setRows(n, fresh.reshape(sample.prepend(1)));
    }
    return after;
  }
}
