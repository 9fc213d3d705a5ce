package org.velella.backend;

import org.velella.tensor.Tensor;

/**
 * A projection with delays, of one tile, made ready to run. It keeps the memory in a form of its
 * own between {@link #load} and {@link #store}. Used by one thread.
 */
public interface DelayedKernel {
  /**
   * Takes over the projection's memory.
   *
   * @param tile all memories of the plan by number
   */
  void load(Tensor[] tile);

  /** Writes the memory back to the tensor that was loaded. */
  void store(Tensor[] tile);

  /**
   * Runs some steps.
   *
   * @param in the input {@code [steps, N, sources]} from {@code from} on
   * @param out takes the output {@code [steps, N, targets]} from {@code to} on
   */
  void run(int steps, float[] in, int from, float[] out, int to);

  /** Whether {@link #runSpikes} may be called. */
  default boolean takesSpikes() {
    return false;
  }

  /**
   * As {@link #run}, of spikes.
   *
   * @param spikes frames in the layout of {@link SpikeFrameKernel}, from word {@code from} on
   */
  default void runSpikes(int steps, long[] spikes, int from, float[] out, int to) {
    throw new UnsupportedOperationException("This kernel takes no bits");
  }
}
