package org.velella.backend;

import java.util.List;

/**
 * A backend that computes on devices beside the processor, of which a machine may have several.
 * Which device a tile runs on never shows in results.
 */
public interface DeviceBackend extends Backend {
  /** The devices that this process can use, by ordinal; empty if there are none. Never throws. */
  List<Device> devices();

  /**
   * This backend, bound to one device: programs that it compiles run there, and its {@link #use()}
   * is theirs alone. On {@link #devices()} it says what this one says.
   *
   * @param ordinal of the device
   */
  DeviceBackend on(int ordinal);

  /** Bytes of the device's memory that nobody uses now; as many as there can be if unknown. */
  default long freeBytes() {
    return Long.MAX_VALUE;
  }

  /** What the programs of this object have used of their device so far. */
  DeviceUse use();

  /**
   * A device.
   *
   * @param ordinal its place among those that this process can use
   * @param name such as {@code NVIDIA H100 80GB HBM3}
   * @param id that no other device has, such as its UUID
   * @param bytes of its memory
   */
  record Device(int ordinal, String name, String id, long bytes) {}
}
