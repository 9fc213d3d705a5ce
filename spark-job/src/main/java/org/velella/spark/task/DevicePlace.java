package org.velella.spark.task;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.resource.ResourceInformation;
import org.velella.backend.Backend;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceBackend.Device;

/**
 * Where a task's tiles are computed: on the processor, or on one of a machine's devices, which the
 * tasks of this process share.
 */
final class DevicePlace {
  /** What Spark is told to call GPUs. */
  static final String RESOURCE = "gpu";

  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
  private static final long LOOK_MILLIS = 100;

  /** Guarded by the class; of each device of this process. */
  private static final Map<String, Semaphore> PERMITS = new HashMap<>();

  private final Backend backend;
  private final Device device;
  private final int permits;

  private DevicePlace(Backend backend, Device device, int permits) {
    this.backend = backend;
    this.device = device;
    this.permits = permits;
  }

  /**
   * The place of the calling thread's task.
   *
   * @param permits how many tiles may be on a device at once
   */
  static DevicePlace of(Backend backend, int permits) {
    if (backend instanceof DeviceBackend devices) {
      List<Device> all = devices.devices();
      if (!all.isEmpty()) {
        TaskContext task = TaskContext.get();
        int partition = task == null ? 0 : task.partitionId();
        Device device = device(all, addresses(task), System.getenv(VISIBLE), partition);
        return new DevicePlace(backend, device, permits);
      }
    }
    return new DevicePlace(backend, null, permits);
  }

  private static List<String> addresses(TaskContext task) {
    if (task == null) {
      return List.of();
    }
    ResourceInformation gpus = task.resourcesJMap().get(RESOURCE);
    return gpus == null ? List.of() : Arrays.asList(gpus.addresses());
  }

  /**
   * Which device a task takes: the first that Spark has assigned to it; without one, tasks go
   * round.
   *
   * @param devices that this process sees, at least one
   * @param addresses that Spark has assigned: numbers of the host's devices, or their ids
   * @param visible of {@code CUDA_VISIBLE_DEVICES}, which renumbers devices; null if not set
   * @param partition of the task
   */
  static Device device(
      List<Device> devices, List<String> addresses, String visible, int partition) {
    if (addresses.isEmpty()) {
      return devices.get(partition % devices.size());
    }
    String address = addresses.get(0).strip();
    for (Device device : devices) {
      if (device.id().equals(address)) {
        return device;
      }
    }
    int ordinal = address.matches("[0-9]{1,6}") ? Integer.parseInt(address) : -1;
    if (visible != null && !visible.isBlank()) {
      List<String> shown = Arrays.stream(visible.split(",")).map(String::strip).toList();
      ordinal = shown.contains(address) ? shown.indexOf(address) : ordinal;
    }
    for (Device device : devices) {
      if (device.ordinal() == ordinal) {
        return device;
      }
    }
    throw new IllegalStateException(
        "Spark has assigned GPU '%s' to this task, but this process sees %s%s; see that the discovery script and CUDA_VISIBLE_DEVICES speak of the same devices"
            .formatted(
                address,
                devices.stream().map(d -> d.ordinal() + " (" + d.id() + ")").toList(),
                visible == null ? "" : ", CUDA_VISIBLE_DEVICES=" + visible));
  }

  /** The backend's name. */
  String backend() {
    return backend.name();
  }

  /** What computes there; an object of its own if it is a device. */
  Backend open() {
    return device == null ? backend : ((DeviceBackend) backend).on(device.ordinal());
  }

  boolean isDevice() {
    return device != null;
  }

  /** Tells places apart. */
  String key() {
    return device == null ? backend.name() : backend.name() + " " + device.id();
  }

  /** The device in words; empty if it is none. */
  String text() {
    return device == null ? "" : device.name() + " (" + device.id() + ")";
  }

  /** Bytes of device memory that each of those that share the device may take. */
  long budget() {
    if (device == null) {
      return Long.MAX_VALUE;
    }
    long free = ((DeviceBackend) backend).on(device.ordinal()).freeBytes();
    return Math.min(free, device.bytes()) / permits;
  }

  /**
   * Waits until the device has room for another tile.
   *
   * @param requireWanted throws when the work is wanted no longer
   */
  Permit enter(Runnable requireWanted) {
    if (device == null) {
      return () -> {};
    }
    Semaphore semaphore;
    synchronized (DevicePlace.class) {
      semaphore = PERMITS.computeIfAbsent(key() + " " + permits, name -> new Semaphore(permits));
    }
    try {
      while (!semaphore.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        requireWanted.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("while it waited for a GPU");
    }
    return semaphore::release;
  }

  /** The right to have a tile on a device. */
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }
}
