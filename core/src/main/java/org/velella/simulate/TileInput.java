package org.velella.simulate;

import java.util.function.Supplier;
import org.velella.backend.NoiseKernel;

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
   * Tells that a run begins, which will ask for the steps from {@code firstStep} on.
   *
   * @param noise gives what draws the random numbers of computed input
   */
  default void begin(long firstStep, Supplier<NoiseKernel> noise) {}
}
