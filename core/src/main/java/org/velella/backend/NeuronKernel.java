package org.velella.backend;

import org.velella.tensor.Tensor;

/**
 * One population of one tile made ready to run. It keeps the population's memories in a form of its
 * own between {@link #load} and {@link #store}. Used by one thread.
 */
public interface NeuronKernel {
  /**
   * Takes over the population's memories.
   *
   * @param tile all memories of the plan by number, {@code [N, *]}; those of the population may be
   *     written to from now on, but are up to date only after {@link #store}
   */
  void load(Tensor[] tile);

  /** Writes the population's memories back to the tensors that were loaded. */
  void store(Tensor[] tile);

  /** Advances the population by {@code steps} steps. */
  void run(int steps, NeuronBuffers buffers);

  /** Whether {@link #run} can write its output as bits: it is 0 or 1 at every step. */
  default boolean writesSpikes() {
    return false;
  }

  /** Whether {@link #run} can count its output's spikes now. */
  default boolean countsSpikes() {
    return false;
  }
}
