package org.velella.neuron;

/** Along which axes a neuron parameter varies. */
public enum ParameterScope {
  /** One value for the whole run. */
  RUN,
  /** One value per neuron (a per-channel value is spread over its neurons). */
  NEURON,
  /** One value per sample. */
  SAMPLE,
  /** One value per sample and neuron. */
  SAMPLE_NEURON
}
