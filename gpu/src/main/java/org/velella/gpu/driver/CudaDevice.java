package org.velella.gpu.driver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
    info = DeviceQuery.info(context.ordinal(), context.device());
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

  /**
   * What the devices that this process sees say about themselves; none of them is used for that.
   */
  public static List<DeviceInfo> all() {
    List<DeviceInfo> all = new ArrayList<>();
    for (int i = 0; i < CudaProbe.here().devices(); i++) {
      all.add(DeviceQuery.info(i));
    }
    return all;
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
}
