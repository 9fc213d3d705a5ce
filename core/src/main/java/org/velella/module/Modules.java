package org.velella.module;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What is done to whole trees of modules: reset, modes, backends, and forwards over time. */
public final class Modules {
  private Modules() {}

  /** Resets every module of the tree, each once; if one fails, no memory has changed. */
  public static void resetNet(Module net) {
    forEach(net, Module::reset);
  }

  /** Detaches every module of the tree, see {@link Module#detach()}. */
  public static void detachNet(Module net) {
    forEach(net, Module::detach);
  }

  private static void forEach(Module net, Consumer<Module> action) {
    TreeMemories.atomically(
        net,
        () -> {
          ModuleTree.walk(net).forEach(visit -> action.accept(visit.module()));
          return null;
        });
  }

  /**
   * Sets the mode of every {@link StepModule} of the tree, except inside containers whose working
   * depends on their children's mode.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if a module does not support the mode;
   *     then no mode has changed
   */
  public static void setStepMode(Module net, StepMode mode) {
    List<ModuleTree.Visit> visits = ModuleTree.walk(net, module -> !module.keepsChildStepModes());
    for (ModuleTree.Visit visit : visits) {
      if (visit.module() instanceof StepModule module
          && !module.supportedStepModes().contains(mode)) {
        throw unsupported(visit, module, mode);
      }
    }
    for (ModuleTree.Visit visit : visits) {
      if (visit.module() instanceof StepModule module) {
        module.setStepMode(mode);
      }
    }
  }

  private static ModuleException unsupported(
      ModuleTree.Visit visit, StepModule module, StepMode mode) {
    try {
      mode.requireIn(module.supportedStepModes());
    } catch (ModuleException e) {
      return new ModuleException(
          ModuleError.STEP_MODE,
          "%s (%s '%s')".formatted(e.getMessage(), visit.module().typeName(), visit.path("")),
          e);
    }
    throw new IllegalStateException(mode + " is supported");
  }

  /** As {@link #setStepMode(Module, StepMode)}, by the code {@code s} or {@code m}. */
  public static void setStepMode(Module net, String code) {
    setStepMode(net, StepMode.of(code, EnumSet.allOf(StepMode.class)));
  }

  /**
   * Sets the backend of every module with memories that supports it; the others keep theirs.
   *
   * @return by path of each such module, the root's being empty, the backend that it has now
   */
  public static Map<String, String> setBackend(Module net, String backend) {
    return setBackend(net, backend, MemoryModule.class);
  }

  /** As {@link #setBackend(Module, String)}, for the modules of one type only. */
  public static Map<String, String> setBackend(
      Module net, String backend, Class<? extends Module> type) {
    Map<String, String> applied = new LinkedHashMap<>();
    for (ModuleTree.Visit visit : ModuleTree.walk(net)) {
      if (type.isInstance(visit.module()) && visit.module() instanceof MemoryModule module) {
        if (module.supportedBackends().contains(backend)) {
          module.setBackend(backend);
        }
        applied.put(visit.path(""), module.backend());
      }
    }
    return applied;
  }

  /**
   * Gives every tensor memory of the tree another number of samples: the first ones stay, further
   * ones start from their reset value. If one memory cannot be resized, none is.
   *
   * @throws ModuleException {@link ModuleError#MEMORY_KIND} for a memory whose samples are not its
   *     first axis as far as its reset value tells; see {@link MemoryModule#resizeBatch}
   */
  public static void resizeBatch(Module net, int samples) {
    forEach(
        net,
        module -> {
          if (module instanceof MemoryModule memory) {
            memory.resizeBatch(samples);
          }
        });
  }

  /**
   * The outputs {@code [T, *]} of single-step modules run one after the other for each step.
   *
   * @param sequence {@code [T, N, *]}
   * @throws ModuleException see {@link #multiStepForward(List, Module)}
   */
  public static INDArray multiStepForward(INDArray sequence, Module... modules) {
    Sequential chain = new Sequential(modules);
    return Steps.single(multiStepForward(List.of(sequence), chain), chain.typeName());
  }

  /**
   * The outputs {@code [T, *]} of a single-step module with several inputs or outputs. Without any
   * step the outputs have length 0; a discarded step of zeros, with counters at their start, tells
   * their shapes.
   *
   * @param sequences {@code [T, N, *]}, all of the same T
   * @throws ModuleException {@link ModuleError#OUTPUTS_DIFFER} if outputs cannot be stacked; then,
   *     and if a step fails, no memory has changed; {@link ModuleError#STEP_MODE} if a module is in
   *     multi-step mode and would take samples for steps
   */
  public static List<INDArray> multiStepForward(List<INDArray> sequences, Module module) {
    for (ModuleTree.Visit visit : multiStep(module)) {
      throw misread(
          "multiStepForward", visit, "would take samples for steps", StepMode.SINGLE_STEP);
    }
    return multiStepForward(sequences, module, module::forward);
  }

  static List<INDArray> multiStepForward(
      List<INDArray> sequences, Module module, UnaryOperator<List<INDArray>> forward) {
    int steps = Steps.count(Steps.shapes(sequences), module.typeName());
    if (steps == 0) {
      return noSteps(sequences, module, forward);
    }
    var inputs = Steps.tensors(sequences);
    return TreeMemories.atomically(
        module,
        () -> {
          Steps.Stack outputs = Steps.Stack.ofSteps(module.typeName());
          for (int t = 0; t < steps; t++) {
            outputs.add(forward.apply(Steps.at(inputs, t)));
          }
          return outputs.join();
        });
  }

  private static List<INDArray> noSteps(
      List<INDArray> sequences, Module module, UnaryOperator<List<INDArray>> forward) {
    TreeMemories before = TreeMemories.of(module);
    try {
      // Behind the last step that a counter allows, not even a discarded one can run.
      before.restartCounters();
      return Steps.none(multiStepForward(Steps.oneOfZeros(sequences), module, forward));
    } finally {
      before.restore();
    }
  }

  /**
   * The output {@code [T, *]} of a multi-step module that is given at most {@code size} steps at a
   * time; the same as in one go, since the memories carry over, with less memory in use.
   *
   * @param sequence {@code [T, N, *]}
   * @throws IllegalArgumentException if {@code size} is less than 1
   * @throws ModuleException {@link ModuleError#STEP_MODE} if a module with memories is in
   *     single-step mode and would take steps for samples
   */
  public static INDArray chunkMultiStepForward(int size, INDArray sequence, Module module) {
    return Steps.single(chunkMultiStepForward(size, List.of(sequence), module), module.typeName());
  }

  /** As {@link #chunkMultiStepForward(int, INDArray, Module)}, for several inputs or outputs. */
  public static List<INDArray> chunkMultiStepForward(
      int size, List<INDArray> sequences, Module module) {
    if (size < 1) {
      throw new IllegalArgumentException("Chunks of " + size + " steps; at least 1 is needed");
    }
    for (ModuleTree.Visit visit : stepModules(module)) {
      if (visit.module() instanceof MemoryModule memory
          && memory.stepMode() == StepMode.SINGLE_STEP
          && !memory.memories().isEmpty()) {
        throw misread(
            "chunkMultiStepForward", visit, "would take steps for samples", StepMode.MULTI_STEP);
      }
    }
    int steps = Steps.count(Steps.shapes(sequences), module.typeName());
    if (steps == 0) {
      return module.forward(sequences);
    }
    var inputs = Steps.tensors(sequences);
    return TreeMemories.atomically(
        module,
        () -> {
          Steps.Stack outputs = Steps.Stack.ofSequences(module.typeName());
          for (int from = 0; from < steps; from += size) {
            outputs.add(
                module.forward(Steps.between(inputs, from, Math.min(steps - from, size) + from)));
          }
          return outputs.join();
        });
  }

  /**
   * The output {@code [T, N, *]} of stateless modules that see every step of every sample as a
   * sample of its own, {@code [T * N, *]}.
   *
   * @throws ModuleException see {@link #seqToAnnForward(List, Module)}
   */
  public static INDArray seqToAnnForward(INDArray sequence, Module... modules) {
    Sequential chain = new Sequential(modules);
    return Steps.single(seqToAnnForward(List.of(sequence), chain), chain.typeName());
  }

  /**
   * As {@link #seqToAnnForward(INDArray, Module...)}, for several inputs or outputs.
   *
   * @throws ModuleException {@link ModuleError#INPUT_SHAPE} if the inputs differ in T or N; {@link
   *     ModuleError#MEMORY_COUNT} if a module has memories, which would mix steps and samples
   */
  public static List<INDArray> seqToAnnForward(List<INDArray> sequences, Module module) {
    return seqToAnnForward(sequences, module, module::forward);
  }

  static List<INDArray> seqToAnnForward(
      List<INDArray> sequences, Module module, UnaryOperator<List<INDArray>> forward) {
    List<NamedMemory> memories = Memories.namedMemories(module);
    if (!memories.isEmpty()) {
      throw new ModuleException(
          ModuleError.MEMORY_COUNT,
          "seqToAnnForward takes stateless modules, but '%s' is a memory; use multiStepForward"
              .formatted(memories.get(0).name()));
    }
    List<Shape> shapes = Steps.shapes(sequences);
    int steps = Steps.count(shapes, module.typeName());
    for (Shape shape : shapes) {
      if (shape.rank() < 2 || shape.dim(1) != shapes.get(0).dim(1)) {
        throw new ModuleException(
            ModuleError.INPUT_SHAPE,
            "All inputs need the same two leading axes [T, N]; shapes are " + shapes);
      }
    }
    int batch = shapes.get(0).dim(1);
    // ND4J computes nothing on arrays without elements, so one sample of zeros tells the shapes.
    int samples = Math.max(1, Math.multiplyExact(steps, batch));
    List<INDArray> flat = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      Tensor tensor = NdArrays.toTensor(sequences.get(i));
      Shape shape = shapes.get(i).dropFirst(2).prepend(samples);
      boolean none = steps * batch == 0;
      flat.add(
          NdArrays.toArray(none ? Tensor.zeros(tensor.dtype(), shape) : tensor.reshape(shape)));
    }
    return unflatten(forward.apply(flat), samples, steps, batch);
  }

  private static List<INDArray> unflatten(
      List<INDArray> outputs, int samples, int steps, int batch) {
    List<INDArray> sequences = new ArrayList<>();
    for (INDArray output : outputs) {
      Tensor flat = NdArrays.toTensor(output);
      if (flat.shape().rank() == 0 || flat.shape().dim(0) != samples) {
        throw new ModuleException(
            ModuleError.OUTPUTS_DIFFER,
            "The output has shape %s, but its first axis must be T * N = %d"
                .formatted(flat.shape(), samples));
      }
      Shape shape = flat.shape().dropFirst(1).prepend(batch).prepend(steps);
      boolean none = steps * batch == 0;
      sequences.add(
          NdArrays.toArray(none ? Tensor.zeros(flat.dtype(), shape) : flat.reshape(shape)));
    }
    return sequences;
  }

  /** Refuses a child of a container that works step by step, if anything in it does not. */
  static void requireSingleStep(Module container, Module child) {
    for (ModuleTree.Visit visit : multiStep(child)) {
      String where =
          visit.module() == child
              ? ""
              : " (%s '%s')".formatted(visit.module().typeName(), visit.path(""));
      throw new ModuleException(
          ModuleError.STEP_MODE,
          container.typeName() + ".step_mode must be 's' inside this container." + where);
    }
  }

  /** The modules of a tree that are in multi-step mode, but for those that a parent looks after. */
  private static List<ModuleTree.Visit> multiStep(Module root) {
    return stepModules(root).stream()
        .filter(visit -> ((StepModule) visit.module()).stepMode() == StepMode.MULTI_STEP)
        .toList();
  }

  private static List<ModuleTree.Visit> stepModules(Module root) {
    return ModuleTree.walk(root, module -> !module.keepsChildStepModes()).stream()
        .filter(visit -> visit.module() instanceof StepModule)
        .toList();
  }

  private static ModuleException misread(
      String helper, ModuleTree.Visit visit, String mistake, StepMode needed) {
    return new ModuleException(
        ModuleError.STEP_MODE,
        "%s cannot run %s '%s', which is in step mode '%s' and %s; call setStepMode(\"%s\") on it"
            .formatted(
                helper,
                visit.module().typeName(),
                visit.path(""),
                ((StepModule) visit.module()).stepMode().code(),
                mistake,
                needed.code()));
  }
}
