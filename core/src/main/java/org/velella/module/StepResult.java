package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a forward with explicit memories gives.
 *
 * @param outputs in the module's order
 * @param memories after the step or sequence, in the order in which they were passed
 */
public record StepResult(List<INDArray> outputs, List<MemoryValue> memories) {
  public StepResult {
    outputs = List.copyOf(outputs);
    memories = memories instanceof MemoryList ? memories : List.copyOf(memories);
  }

  /** A result with one output. */
  public static StepResult of(INDArray output, MemoryValue... memories) {
    return new StepResult(List.of(output), List.of(memories));
  }

  /**
   * The only output.
   *
   * @throws ModuleException {@link ModuleError#OUTPUT_COUNT} if there is not exactly one
   */
  public INDArray output() {
    return Steps.single(outputs, "The step");
  }
}
