package org.velella.simulate;

import org.velella.backend.Backend;

/** The input of one tile, asked for chunk by chunk. */
@FunctionalInterface
public interface TileInput {
  /**
   * Writes the input of {@code steps} steps from {@code firstStep} on.
   *
   * @param target {@code [steps, N, F]} row-major, to be written wholly; F is {@link
   *     org.velella.network.Network#inputSize()}
   */
  void fill(long firstStep, int steps, float[] target);

  /** Whether the input is the same at every step. */
  default boolean held() {
    return false;
  }

  /**
   * Whether a later step is made from the one before: who then asks for it step by step from the
   * same object is spared all steps before.
   */
  default boolean goesOn() {
    return false;
  }

  /**
   * The same input, to the bit, made by means of the backend that takes it; a run asks for it when
   * it begins. What an input keeps from step to step is kept for each backend.
   */
  default TileInput on(Backend backend) {
    return this;
  }
}
