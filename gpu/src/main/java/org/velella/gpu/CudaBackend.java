package org.velella.gpu;

import java.util.List;
import org.velella.backend.Availability;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceUse;
import org.velella.backend.NoiseKernel;
import org.velella.backend.Program;
import org.velella.backend.vector.VectorBackend;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.CudaProbe;
import org.velella.plan.Plan;

/**
 * The {@code cuda} backend: every op of a plan on an NVIDIA GPU, with the bits of the {@code
 * scalar} backend. Users' modules and the encoders that encode once run on the host in between.
 */
public final class CudaBackend implements DeviceBackend {
  public static final String NAME = "cuda";

  /** Above every backend that runs on the processor. */
  private static final int PREFERENCE = 200;

  private final CudaProbe probe;
  private final int ordinal;
  private final SpikeChoice choice;
  private final UseCounter use = new UseCounter();

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackend() {
    this(CudaProbe.here());
  }

  CudaBackend(CudaProbe probe) {
    this(probe, 0, SpikeChoice.BY_DENSITY);
  }

  private CudaBackend(CudaProbe probe, int ordinal, SpikeChoice choice) {
    this.probe = probe;
    this.ordinal = ordinal;
    this.choice = choice;
  }

  /** This backend with another choice between the kernels for spikes, which shows in no result. */
  CudaBackend with(SpikeChoice other) {
    return new CudaBackend(probe, ordinal, other);
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
      case READY -> Availability.yes("CUDA devices: %s; driver: %s".formatted(names(), driver));
    };
  }

  /** Such as {@code 2, NVIDIA L4}. */
  private String names() {
    List<String> kinds = devices().stream().map(Device::name).distinct().toList();
    return probe.devices() + (kinds.isEmpty() ? "" : ", " + String.join(", ", kinds));
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public List<Device> devices() {
    try {
      return probe.devices() == 0 ? List.of() : Listed.DEVICES;
    } catch (LinkageError e) {
      // Devices that do not answer are none that this process can use.
      return List.of();
    }
  }

  /** What devices are does not change while a process lives. */
  private static final class Listed {
    static final List<Device> DEVICES =
        CudaDevice.all().stream()
            .map(info -> new Device(info.ordinal(), info.name(), info.uuid(), info.totalBytes()))
            .toList();
  }

  @Override
  public long freeBytes() {
    try (CudaDevice device = CudaDevice.open(ordinal)) {
      return device.freeBytes();
    }
  }

  @Override
  public DeviceBackend on(int device) {
    if (device < 0 || device >= Math.max(1, probe.devices())) {
      throw new IllegalArgumentException(
          "There is no CUDA device %d; this process sees %d".formatted(device, probe.devices()));
    }
    return new CudaBackend(probe, device, choice);
  }

  @Override
  public DeviceUse use() {
    return use.sum();
  }

  @Override
  public Program compile(Plan plan) {
    Availability availability = availability();
    if (!availability.available()) {
      throw new BackendUnavailableException(NAME, availability);
    }
    return CudaProgram.open(plan, ordinal, choice, use);
  }

  /** The host's: input is computed before it is copied. */
  @Override
  public NoiseKernel inputNoise() {
    return new VectorBackend().inputNoise();
  }
}
