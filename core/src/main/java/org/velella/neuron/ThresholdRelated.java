package org.velella.neuron;

/** What a LIAF neuron's activation is applied to. */
public enum ThresholdRelated {
  /** {@code threshold_related=True}: to h - v_threshold. */
  ON,
  /** {@code threshold_related=False}: to h. */
  OFF
}
