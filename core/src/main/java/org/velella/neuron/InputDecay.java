package org.velella.neuron;

/** Whether the input of a leaky neuron is divided by tau like the leak. */
public enum InputDecay {
  /** {@code decay_input=True}: (x - v) / tau. */
  ON,
  /** {@code decay_input=False}: x - v / tau. */
  OFF
}
