package org.velella.population;

/** Whether a projection of a population to itself may connect a neuron to itself. */
public enum SelfConnections {
  /** The rule does not see these pairs: degrees and totals are those of the others. */
  EXCLUDED,
  /** The rule treats them as all others. */
  ALLOWED
}
