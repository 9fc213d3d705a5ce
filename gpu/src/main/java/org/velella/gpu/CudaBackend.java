package org.velella.gpu;

import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.Program;
import org.velella.gpu.driver.CudaProbe;
import org.velella.plan.Plan;

/**
 * The {@code cuda} backend. This build has no device code yet, so it never is available: it says
 * what it found, and refuses to compile.
 */
public final class CudaBackend implements Backend {
  public static final String NAME = "cuda";

  /** Above every backend that runs on the processor. */
  private static final int PREFERENCE = 100;

  private static final String OTHER = "Choose the scalar backend.";

  private final CudaProbe probe;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackend() {
    this(CudaProbe.here());
  }

  CudaBackend(CudaProbe probe) {
    this.probe = probe;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    String driver = "CUDA " + CudaProbe.versionText(probe.driverVersion());
    return switch (probe.state()) {
      case NO_NATIVES ->
          Availability.no(
              "JCuda's library does not load here (" + probe.detail() + ")",
              "Use Linux on x86-64, with a writable java.io.tmpdir.");
      case NO_DRIVER ->
          Availability.no(
              "no NVIDIA driver (libcuda.so.1) on this machine", "Install an NVIDIA driver.");
      case DRIVER_TOO_OLD ->
          Availability.no(
              "the NVIDIA driver is too old (%s, needed %s)"
                  .formatted(driver, CudaProbe.versionText(CudaProbe.LEAST_DRIVER_VERSION)),
              "Install a newer NVIDIA driver.");
      case NO_DEVICE ->
          Availability.no(
              "no CUDA device is visible (driver: %s)".formatted(driver),
              "Attach a GPU, and see that CUDA_VISIBLE_DEVICES does not hide it.");
      case FAILED ->
          Availability.no(
              "CUDA does not start (%s; driver: %s)".formatted(probe.detail(), driver),
              "See that nvidia-smi works for this user.");
      case READY ->
          Availability.no(
              "this build has no CUDA kernels (devices: %d, driver: %s)"
                  .formatted(probe.devices(), driver),
              OTHER);
    };
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public Program compile(Plan plan) {
    throw new BackendUnavailableException(NAME, availability());
  }
}
