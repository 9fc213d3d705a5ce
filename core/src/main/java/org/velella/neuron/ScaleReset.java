package org.velella.neuron;

/** Whether a KLIF neuron resets its potential divided by k. */
public enum ScaleReset {
  /** {@code scale_reset=True}: the reset acts on h / k, and subtracts v_threshold / k. */
  ON,
  /** {@code scale_reset=False}: the reset acts on h. */
  OFF
}
