package org.velella.backend;

/**
 * What programs have used of a device.
 *
 * @param launches kernels that were started
 * @param fillSum the sum over the launches of how full each could make the device, in thousandths
 *     of the threads that it holds at once; an estimate
 * @param kernelNanos that the device worked on them, as the device measures it
 * @param bytesIn copied to the device
 * @param bytesOut copied from the device
 */
public record DeviceUse(
    long launches, long fillSum, long kernelNanos, long bytesIn, long bytesOut) {
  /** Nothing. */
  public static final DeviceUse NONE = new DeviceUse(0, 0, 0, 0, 0);

  /** This and that. */
  public DeviceUse plus(DeviceUse more) {
    return new DeviceUse(
        launches + more.launches,
        fillSum + more.fillSum,
        kernelNanos + more.kernelNanos,
        bytesIn + more.bytesIn,
        bytesOut + more.bytesOut);
  }

  /** What was used since. */
  public DeviceUse minus(DeviceUse before) {
    return new DeviceUse(
        launches - before.launches,
        fillSum - before.fillSum,
        kernelNanos - before.kernelNanos,
        bytesIn - before.bytesIn,
        bytesOut - before.bytesOut);
  }

  /** How full the launches could make the device on average, from 0 to 1; an estimate. */
  public double fill() {
    return launches == 0 ? 0 : fillSum / (1000.0 * launches);
  }
}
