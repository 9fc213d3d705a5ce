package org.velella.spark.task;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;
import org.velella.backend.DeviceUse;

/**
 * What the tasks of a run have used of which devices, those included that were tried again. Spark's
 * UI shows it with the stage.
 */
public final class DeviceUses
    extends AccumulatorV2<Map<String, DeviceUse>, Map<String, DeviceUse>> {
  private static final long serialVersionUID = 1L;

  /**
   * Launches, thousandths of fill, nanoseconds, bytes in, bytes out. Of arrays, so that any
   * serializer carries it.
   */
  private final TreeMap<String, long[]> byDevice = new TreeMap<>();

  /** Nothing yet. */
  public DeviceUses() {}

  @Override
  public boolean isZero() {
    return byDevice.isEmpty();
  }

  @Override
  public DeviceUses copy() {
    DeviceUses copy = new DeviceUses();
    copy.add(value());
    return copy;
  }

  @Override
  public void reset() {
    byDevice.clear();
  }

  @Override
  public void add(Map<String, DeviceUse> more) {
    more.forEach(this::add);
  }

  /** Adds what was used of one device. */
  void add(String device, DeviceUse use) {
    long[] sum = byDevice.computeIfAbsent(device, name -> new long[5]);
    sum[0] += use.launches();
    sum[1] += use.fillSum();
    sum[2] += use.kernelNanos();
    sum[3] += use.bytesIn();
    sum[4] += use.bytesOut();
  }

  @Override
  public void merge(AccumulatorV2<Map<String, DeviceUse>, Map<String, DeviceUse>> other) {
    add(other.value());
  }

  @Override
  public Map<String, DeviceUse> value() {
    TreeMap<String, DeviceUse> uses = new TreeMap<>();
    byDevice.forEach(
        (device, sum) -> uses.put(device, new DeviceUse(sum[0], sum[1], sum[2], sum[3], sum[4])));
    return uses;
  }
}
