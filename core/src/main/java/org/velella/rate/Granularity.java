package org.velella.rate;

/** Of how many neurons one scale is. */
public enum Granularity {
  /** One scale for a layer. */
  LAYER,
  /** One for each channel, the first feature axis. */
  CHANNEL
}
