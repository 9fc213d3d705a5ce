package org.velella.spark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/**
 * What lives on this JVM's heap at most: it collects garbage again and again, at moments that the
 * code it watches does not choose, and looks at what is left.
 */
public final class PeakHeap extends Thread {
  private final long millis;
  private long bytes;
  private long collections;

  private PeakHeap(long millis) {
    super("peak");
    this.millis = millis;
    setDaemon(true);
  }

  /** Begins, for as long as this JVM lives; waits some milliseconds between collections. */
  public static PeakHeap watch(long millis) {
    PeakHeap peak = new PeakHeap(millis);
    peak.start();
    return peak;
  }

  @Override
  public void run() {
    try {
      while (true) {
        System.gc();
        take(live());
        sleep(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void take(long live) {
    bytes = Math.max(bytes, live);
    collections++;
  }

  /** The most bytes that were left. */
  public synchronized long bytes() {
    return bytes;
  }

  /** How often it has looked. */
  public synchronized long collections() {
    return collections;
  }

  /** What the last collection has left, without what was allocated since. */
  private static long live() {
    long live = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null) {
        live += pool.getCollectionUsage().getUsed();
      }
    }
    return live;
  }
}
