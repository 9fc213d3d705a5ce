package org.velella.backend;

import org.velella.plan.Plan;

/**
 * A way to run plans. One that computes on a device throws {@link DeviceMemoryException} where the
 * device has no room for a tile, and {@link DeviceLostException} where it has failed for good.
 * Implementations are found by {@link java.util.ServiceLoader}, have a public constructor without
 * arguments, and give the bits of the {@code scalar} backend.
 */
public interface Backend {
  /** Such as {@code scalar}; what users name on the command line. */
  String name();

  /** Whether this backend can run here, and if not, why and what to do. Never throws. */
  Availability availability();

  /** Higher is preferred when users ask for {@code auto}. */
  int preference();

  /**
   * A plan made ready to run.
   *
   * @throws BackendUnavailableException if {@link #availability()} says no
   */
  Program compile(Plan plan);

  /** Makes the random numbers of input that is computed for runs on this backend. */
  default NoiseKernel inputNoise() {
    return new PlainNoise();
  }
}
