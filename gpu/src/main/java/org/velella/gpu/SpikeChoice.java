package org.velella.gpu;

/** Which kernel a layer takes for spikes; it shows in time only, never in results. */
enum SpikeChoice {
  /** All terms, or the spikes only, as their density says. */
  BY_DENSITY,
  /** Always all terms. */
  ALL_TERMS,
  /** Always the spikes only. */
  SPIKES_ONLY
}
