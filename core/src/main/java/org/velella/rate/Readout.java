package org.velella.rate;

/** What becomes of outputs that are no rectifiers. */
public enum Readout {
  /**
   * Neurons that spike at rates which order as the outputs do: all outputs are shifted by the
   * smallest one and divided by the range that they have on the calibration data.
   */
  SPIKES,
  /** Nothing: the output is a number at every step, whose mean stands for the dense output. */
  VALUES
}
