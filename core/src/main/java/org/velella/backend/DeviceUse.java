package org.velella.backend;

/**
 * What programs have used of a device.
 *
 * @param launches kernels that were started
 * @param kernelNanos that the device worked on them, as the device measures it
 * @param bytesIn copied to the device
 * @param bytesOut copied from the device
 */
public record DeviceUse(long launches, long kernelNanos, long bytesIn, long bytesOut) {
  /** Nothing. */
  public static final DeviceUse NONE = new DeviceUse(0, 0, 0, 0);

  /** This and that. */
  public DeviceUse plus(DeviceUse more) {
    return new DeviceUse(
        launches + more.launches,
        kernelNanos + more.kernelNanos,
        bytesIn + more.bytesIn,
        bytesOut + more.bytesOut);
  }

  /** What was used since. */
  public DeviceUse minus(DeviceUse before) {
    return new DeviceUse(
        launches - before.launches,
        kernelNanos - before.kernelNanos,
        bytesIn - before.bytesIn,
        bytesOut - before.bytesOut);
  }
}
