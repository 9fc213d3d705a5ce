package org.velella.gpu.driver;

import static jcuda.driver.CUctx_flags.CU_CTX_SCHED_YIELD;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;

/**
 * The one context of a device in this process, which all owners of the device share and which
 * outlives none of them; and the place where a driver's answers become exceptions.
 */
final class PrimaryContext {
  /** The backend's name in exceptions. */
  private static final String BACKEND = "cuda";

  /** After these, whatever the context holds is lost, and every later call says so again. */
  private static final Set<Integer> FATAL =
      Set.of(
          CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_EXTERNAL_DEVICE,
          CUresult.CUDA_ERROR_UNKNOWN);

  /** Contexts in use and those that were lost, by ordinal; guarded by the class. */
  private static final Map<Integer, PrimaryContext> BY_ORDINAL = new HashMap<>();

  private final int ordinal;
  private final CUdevice device;
  private final CUcontext context = new CUcontext();
  private int owners;
  private volatile DeviceLostException lost;

  private PrimaryContext(int ordinal) {
    this.ordinal = ordinal;
    device = new CUdevice();
  }

  /** The context of a device, for one owner more. */
  static synchronized PrimaryContext retain(int ordinal) {
    PrimaryContext known = BY_ORDINAL.get(ordinal);
    if (known != null) {
      known.requireThere();
      known.owners++;
      return known;
    }
    CudaDriver.start();
    PrimaryContext made = new PrimaryContext(ordinal);
    made.check("cuDeviceGet", JCudaDriver.cuDeviceGet(made.device, ordinal));
    // A thread that waits for the device lets others run. A context in use keeps what it has.
    JCudaDriver.cuDevicePrimaryCtxSetFlags(made.device, CU_CTX_SCHED_YIELD);
    made.check(
        "cuDevicePrimaryCtxRetain",
        JCudaDriver.cuDevicePrimaryCtxRetain(made.context, made.device));
    made.owners = 1;
    BY_ORDINAL.put(ordinal, made);
    return made;
  }

  /** One owner less; without owners the driver may let the context go. */
  void release() {
    synchronized (PrimaryContext.class) {
      owners--;
      // A lost device stays known, so that nobody opens it again.
      if (owners == 0 && lost == null) {
        BY_ORDINAL.remove(ordinal);
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
      }
    }
  }

  int ordinal() {
    return ordinal;
  }

  CUdevice device() {
    return device;
  }

  /**
   * Makes the context the calling thread's.
   *
   * @throws DeviceLostException if the device was lost, now or before
   */
  void enter() {
    requireThere();
    check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
  }

  /** Makes the context the calling thread's to free something; false if there is no use. */
  boolean enterToFree() {
    return lost == null
        && !noted(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
        && lost == null;
  }

  private void requireThere() {
    DeviceLostException reason = lost;
    if (reason != null) {
      throw new DeviceLostException(BACKEND, reasonOf(reason), reason);
    }
  }

  private static String reasonOf(DeviceLostException reason) {
    return reason.getCause() == null ? reason.getMessage() : reason.getCause().getMessage();
  }

  boolean isLost() {
    return lost != null;
  }

  /** Throws unless a call went well. */
  void check(String call, int result) {
    check(call, result, 0);
  }

  /**
   * Throws unless a call went well.
   *
   * @param wanted bytes that it asked for
   */
  void check(String call, int result, long wanted) {
    if (result == CUresult.CUDA_SUCCESS) {
      return;
    }
    if (noted(result, call)) {
      throw lost;
    }
    if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      long[] free = new long[1];
      JCudaDriver.cuMemGetInfo(free, new long[1]);
      throw new DeviceMemoryException(BACKEND, wanted, free[0]);
    }
    throw CudaDriver.exception(call, result);
  }

  /** Whether a result means that the device is lost; from then on it is. */
  private boolean noted(int result, String call) {
    if (!FATAL.contains(result)) {
      return false;
    }
    synchronized (PrimaryContext.class) {
      if (lost == null) {
        DriverException cause = CudaDriver.exception(call, result);
        String reason = "device " + ordinal + ": " + cause.getMessage();
        lost = new DeviceLostException(BACKEND, reason, cause);
      }
    }
    return true;
  }

  /** The result of freeing something: a failure frees nothing and hides no other exception. */
  void freed(String call, int result) {
    noted(result, call);
  }
}
