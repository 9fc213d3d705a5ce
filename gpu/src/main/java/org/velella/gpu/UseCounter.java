package org.velella.gpu;

import java.util.concurrent.atomic.LongAdder;
import org.velella.backend.DeviceUse;

/** Adds up what programs use of a device. */
final class UseCounter {
  private final LongAdder launches = new LongAdder();
  private final LongAdder fillSum = new LongAdder();
  private final LongAdder kernelNanos = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();

  /**
   * @param fill of the device, from 0 to 1
   */
  void launched(double fill) {
    launches.increment();
    fillSum.add(Math.round(1000 * fill));
  }

  void worked(double seconds) {
    kernelNanos.add(Math.round(seconds * 1e9));
  }

  void copiedIn(long bytes) {
    bytesIn.add(bytes);
  }

  void copiedOut(long bytes) {
    bytesOut.add(bytes);
  }

  DeviceUse sum() {
    return new DeviceUse(
        launches.sum(), fillSum.sum(), kernelNanos.sum(), bytesIn.sum(), bytesOut.sum());
  }
}
