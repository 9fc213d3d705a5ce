package org.velella.backend;

import org.velella.tensor.Tensor;

/** An encoder of one tile made ready to run. Used by one thread. */
public interface EncoderKernel {
  /**
   * Encodes {@code steps} steps from step {@code t} of the chunk on: reads its input, updates its
   * memories, writes its output.
   *
   * @param values the plan's buffers {@code [T, N, *]} by number
   * @param memories all memories of the plan by number, {@code [N, *]} or, where shared, {@code
   *     [*]}
   */
  void run(int t, int steps, float[][] values, Tensor[] memories);
}
