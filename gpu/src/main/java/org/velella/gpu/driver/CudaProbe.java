package org.velella.gpu.driver;

import java.io.UncheckedIOException;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaError;

/**
 * What CUDA this process can reach.
 *
 * @param state whether devices can be used, or what stands in the way
 * @param devices how many devices there are; 0 unless {@link State#READY}
 * @param driverVersion the CUDA version of the driver as CUDA counts, such as 12060 for 12.6; 0 if
 *     there is no driver
 * @param detail what CUDA or the class loader said, for {@link State#FAILED} and {@link
 *     State#NO_NATIVES}; else empty
 */
public record CudaProbe(State state, int devices, int driverVersion, String detail) {
  /** The CUDA version that JCuda's runtime is linked with: the least that a driver must have. */
  public static final int LEAST_DRIVER_VERSION = 12000;

  /** Whether devices can be used, or what stands in the way. */
  public enum State {
    READY,
    /** JCuda has no libraries for this operating system and processor. */
    NO_NATIVES,
    NO_DRIVER,
    DRIVER_TOO_OLD,
    NO_DEVICE,
    FAILED
  }

  /** The answer for this process, asked once; never throws. */
  public static CudaProbe here() {
    return Once.ANSWER;
  }

  /** Such as {@code 12.6} for 12060. */
  public static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /**
   * Asks CUDA's runtime for the driver's version: it is linked into JCuda and opens the driver
   * itself. The driver API would be the wrong one to ask first: where there is no driver, its class
   * cannot be initialized, now or later.
   */
  private static CudaProbe ask() {
    try {
      JcudaNatives.load("jcuda.runtime.JCuda");
      int[] version = new int[1];
      int error = JCuda.cudaDriverGetVersion(version);
      int[] count = new int[1];
      if (error == cudaError.cudaSuccess && version[0] >= LEAST_DRIVER_VERSION) {
        error = CudaDriver.countDevices(count);
      }
      return of(error, count[0], version[0]);
    } catch (LinkageError | UncheckedIOException e) {
      return new CudaProbe(State.NO_NATIVES, 0, 0, firstLine(e));
    }
  }

  /**
   * What CUDA's answers mean.
   *
   * @param error {@code cudaError_t}, or {@code CUresult}, which has the same numbers for what can
   *     happen here
   */
  static CudaProbe of(int error, int devices, int driverVersion) {
    if (error == cudaError.cudaSuccess && driverVersion == 0) {
      return new CudaProbe(State.NO_DRIVER, 0, 0, "");
    }
    if (error == cudaError.cudaSuccess && driverVersion < LEAST_DRIVER_VERSION) {
      return new CudaProbe(State.DRIVER_TOO_OLD, 0, driverVersion, "");
    }
    return switch (error) {
      case cudaError.cudaSuccess ->
          devices > 0
              ? new CudaProbe(State.READY, devices, driverVersion, "")
              : new CudaProbe(State.NO_DEVICE, 0, driverVersion, "");
      case cudaError.cudaErrorNoDevice -> new CudaProbe(State.NO_DEVICE, 0, driverVersion, "");
      // CUDA says "insufficient" for an absent driver as well.
      case cudaError.cudaErrorInsufficientDriver ->
          driverVersion == 0
              ? new CudaProbe(State.NO_DRIVER, 0, 0, "")
              : new CudaProbe(State.DRIVER_TOO_OLD, 0, driverVersion, "");
      default -> new CudaProbe(State.FAILED, 0, driverVersion, cudaError.stringFor(error));
    };
  }

  private static String firstLine(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static final class Once {
    static final CudaProbe ANSWER = ask();
  }
}
