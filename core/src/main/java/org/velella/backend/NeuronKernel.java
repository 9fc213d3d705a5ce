package org.velella.backend;

import org.velella.tensor.Tensor;

/** One population of one tile made ready to run. Used by one thread. */
public interface NeuronKernel {
  /**
   * Advances the population by {@code steps} steps from step {@code t} of the chunk on: reads its
   * input, updates its memories, writes its output and what is recorded of it.
   *
   * @param values the plan's buffers {@code [T, N, *]} by number
   * @param memories all memories of the plan by number, {@code [N, *]}
   */
  void run(int t, int steps, float[][] values, Tensor[] memories);
}
