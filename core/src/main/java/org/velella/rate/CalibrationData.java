package org.velella.rate;

import org.velella.tensor.Tensor;

/** Inputs of a network on which its activations are looked at; read several times, in parts. */
public interface CalibrationData {
  /** How many samples there are. */
  long samples();

  /**
   * Some samples.
   *
   * @param from the first one, counted from 0
   * @return float32 {@code [count, F]}, where F is the network's input size
   */
  Tensor rows(long from, int count);
}
