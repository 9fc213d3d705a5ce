package org.velella.module;

import java.util.List;
import java.util.Set;
import org.velella.tensor.Shape;

/**
 * What a built-in module or a network node computes, as data. The engine lowers it to a plan; a
 * built-in module's own {@code forward} hands its operation to the {@link OperationExecutor}, so
 * both run the same kernels. Implementations are immutable.
 */
public interface Operation {
  /** The kind as users read it in messages, such as {@code "Conv2d"} or {@code "lif"}. */
  String kind();

  /**
   * The names of its inputs, in the order in which a module takes them. Empty for most operations:
   * their one input has no name. All inputs have the same shape, unless {@link #inputShape} says
   * otherwise.
   */
  default List<String> inputNames() {
    return List.of();
  }

  /**
   * The per-sample shape of one step of an input.
   *
   * @param name one of {@link #inputNames()}
   * @param first the shape of the first of them
   */
  default Shape inputShape(String name, Shape first) {
    return first;
  }

  /**
   * The inputs that do not enter the output of their step: they change memories, when the output is
   * there. So what depends on the output may lead to them within the same step.
   */
  default Set<String> learningInputs() {
    return Set.of();
  }

  /**
   * The per-sample shape of one step's output.
   *
   * @param input the per-sample shape of one step's input, or of the first if there are several
   * @throws IllegalArgumentException if the operation cannot take that input; the message names
   *     both shapes
   */
  Shape outputShape(Shape input);

  /** The memories, in registration order, for one per-sample input shape; empty if stateless. */
  default List<MemorySpec> memories(Shape input) {
    return List.of();
  }

  /**
   * How many steps it takes at a time, each of which may depend on all of them; 1 for operations
   * that go on step by step.
   */
  default int stepsAtOnce() {
    return 1;
  }

  /** How many steps it can run from a fresh start. */
  default long mostSteps() {
    return Long.MAX_VALUE;
  }

  /** Whether every output element is a whole number of spikes. */
  default boolean spikes() {
    return false;
  }
}
