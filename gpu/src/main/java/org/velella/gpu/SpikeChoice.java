package org.velella.gpu;

/** Which kernel a layer takes for spikes; it shows in time only, never in results. */
enum SpikeChoice {
  /** All terms, or the spikes only, as their density says. */
  BY_DENSITY(0.25),
  /** Always all terms. */
  ALL_TERMS(-1),
  /** Always the spikes only. */
  SPIKES_ONLY(1);

  private final double mostDensity;

  SpikeChoice(double mostDensity) {
    this.mostDensity = mostDensity;
  }

  /** The part of all bits up to which visiting spikes pays. */
  double mostDensity() {
    return mostDensity;
  }
}
