package org.velella.gpu.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUdevice;
import jcuda.driver.CUuuid;
import jcuda.driver.JCudaDriver;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;

/**
 * One owner's part of a device: what it has allocated there, all of which goes when this is closed.
 * All owners in a process share the device's one context. Calls may come from any thread.
 *
 * <p>Once a device is lost, every call throws {@link DeviceLostException}, in all owners, and only
 * a new process can use it again; closing stays harmless.
 */
public final class CudaDevice implements AutoCloseable {
  private final PrimaryContext context;
  private final DeviceInfo info;
  private final Set<Owned> open = Collections.synchronizedSet(new LinkedHashSet<>());
  private boolean closed;

  private CudaDevice(PrimaryContext context) {
    this.context = context;
    info = ask(context.ordinal(), context.device());
  }

  /**
   * Opens a device.
   *
   * @param ordinal its place among the devices that this process sees; {@link CudaProbe} counts
   *     them
   * @throws DriverException if there is no such device
   * @throws DeviceLostException if this process has lost it
   */
  public static CudaDevice open(int ordinal) {
    PrimaryContext context = PrimaryContext.retain(ordinal);
    try {
      return new CudaDevice(context);
    } catch (RuntimeException e) {
      context.release();
      throw e;
    }
  }

  /** What the device says about itself. */
  public DeviceInfo info() {
    return info;
  }

  /** Bytes of its memory that nobody uses now, in this process or another. */
  public long freeBytes() {
    requireOpen();
    context.enter();
    long[] free = new long[1];
    context.check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, new long[1]));
    return free[0];
  }

  /**
   * Memory of the device, not cleared.
   *
   * @throws DeviceMemoryException if there is no room
   */
  public DeviceBuffer allocate(long bytes) {
    requireOpen();
    return new DeviceBuffer(this, bytes);
  }

  /**
   * Page-locked memory of the host, at most 2 GiB.
   *
   * @throws DeviceMemoryException if there is no room
   */
  public HostBuffer pin(long bytes) {
    requireOpen();
    return new HostBuffer(this, bytes);
  }

  /**
   * Device code, assembled by the driver.
   *
   * @param ptx in ASCII
   * @throws IllegalArgumentException with the assembler's log if it is wrong
   */
  public DeviceModule load(String ptx) {
    requireOpen();
    return new DeviceModule(this, ptx);
  }

  /** A new queue of work. */
  public DeviceStream stream() {
    requireOpen();
    return new DeviceStream(this);
  }

  /** How many buffers, modules, streams and events of this owner are open. */
  public int openCount() {
    return open.size();
  }

  /** Whether this process has lost the device. */
  public boolean isLost() {
    return context.isLost();
  }

  PrimaryContext context() {
    return context;
  }

  void add(Owned owned) {
    boolean late;
    synchronized (this) {
      late = closed;
      if (!late) {
        open.add(owned);
      }
    }
    if (late) {
      owned.close();
      throw new IllegalStateException("This device was closed meanwhile");
    }
  }

  void remove(Owned owned) {
    open.remove(owned);
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This CudaDevice is closed");
    }
  }

  /** Closes what is still open, the youngest first, then the owner's part of the device. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    List<Owned> left;
    synchronized (open) {
      left = new ArrayList<>(open);
    }
    // Streams wait for their work, which may use anything else.
    left.stream().filter(DeviceStream.class::isInstance).forEach(Owned::close);
    Collections.reverse(left);
    left.forEach(Owned::close);
    context.release();
  }

  private DeviceInfo ask(int ordinal, CUdevice device) {
    byte[] name = new byte[256];
    context.check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(name, name.length, device));
    CUuuid uuid = new CUuuid();
    context.check("cuDeviceGetUuid", JCudaDriver.cuDeviceGetUuid(uuid, device));
    String[] bus = new String[1];
    context.check("cuDeviceGetPCIBusId", JCudaDriver.cuDeviceGetPCIBusId(bus, 64, device));
    long[] total = new long[1];
    context.check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(total, device));
    return new DeviceInfo(
        ordinal,
        text(name),
        uuidText(uuid.bytes),
        bus[0],
        attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        total[0],
        attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
        attribute(CU_DEVICE_ATTRIBUTE_CLOCK_RATE),
        attribute(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE),
        attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH),
        attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
        attribute(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR),
        attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR));
  }

  private int attribute(int which) {
    int[] value = new int[1];
    context.check(
        "cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, which, context.device()));
    return value[0];
  }

  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, UTF_8);
  }

  private static String uuidText(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    return "GPU-%s-%s-%s-%s-%s"
        .formatted(
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(12, 16),
            hex.substring(16, 20),
            hex.substring(20));
  }
}
