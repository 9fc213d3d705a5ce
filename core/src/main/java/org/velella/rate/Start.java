package org.velella.rate;

/** From which membrane potential the neurons start. */
public enum Start {
  /** From zero: a rate is rounded down to a multiple of 1 / T. */
  ZERO,
  /** From half the threshold: a rate is rounded to the nearest one. */
  HALF_THRESHOLD
}
