package org.velella.module;

import java.util.List;
import org.velella.tensor.Tensor;

/**
 * Runs one operation on the engine's kernels for a built-in module's {@code forward}. The engine
 * provides it through {@link java.util.ServiceLoader}, so that this room needs no arrow upwards.
 */
public interface OperationExecutor {
  /**
   * Outputs and memories after the steps of {@code input}.
   *
   * @param operation what to compute
   * @param input float32 {@code [T, N, *]}
   * @param memories the memories before, in the operation's order, each {@code [N, *]}
   * @return output {@code [T, N, *]} and the memories after the last step; the arguments stay
   *     unchanged
   */
  Result run(Operation operation, Tensor input, List<Tensor> memories);

  /**
   * As {@link #run(Operation, Tensor, List)}, for operations that draw random numbers.
   *
   * @param noise what the numbers depend on; an executor that draws none ignores it
   */
  default Result run(Operation operation, Tensor input, List<Tensor> memories, Noise noise) {
    return run(operation, input, memories);
  }

  /**
   * As {@link #run(Operation, Tensor, List, Noise)}, for operations with several inputs.
   *
   * @param inputs one {@code [T, N, *]} for each of {@link Operation#inputNames()}, of its shape
   * @throws IllegalArgumentException if there are several, and the executor takes one
   */
  default Result run(Operation operation, List<Tensor> inputs, List<Tensor> memories, Noise noise) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "This engine runs operations of one input; %s has %d"
              .formatted(operation.kind(), inputs.size()));
    }
    return run(operation, inputs.get(0), memories, noise);
  }

  /** Names of the backends that {@link #on} accepts; none if the executor offers no choice. */
  default List<String> backends() {
    return List.of();
  }

  /**
   * This executor, bound to one of its {@link #backends()}; all give the same bits.
   *
   * @throws IllegalArgumentException if it has no such backend
   */
  default OperationExecutor on(String backend) {
    throw new IllegalArgumentException(
        "Backend '" + backend + "' is not one of " + backends() + " here");
  }

  /**
   * What a run gives.
   *
   * @param output {@code [T, N, *]}
   * @param memories after the last step, in the operation's order
   */
  record Result(Tensor output, List<Tensor> memories) {}
}
