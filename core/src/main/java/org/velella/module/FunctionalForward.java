package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A module's forward as a pure function of its inputs and of all memories of its tree. */
@FunctionalInterface
public interface FunctionalForward {
  /**
   * Outputs and memories after the forward; the module's own memories stay as they are, also when
   * the forward fails.
   *
   * @param inputs as the module's forward takes them
   * @param memories in the order of {@link Memories#extractMemories}; where they are a {@link
   *     MemoryList}, their names must agree too
   * @throws ModuleException {@link ModuleError#MEMORY_COUNT} or {@link ModuleError#MEMORY_NAME}
   */
  StepResult run(List<INDArray> inputs, List<MemoryValue> memories);
}
