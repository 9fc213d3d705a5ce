package org.velella.spark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What lives on this JVM's heap: it collects garbage again and again, at moments that the code it
 * watches does not choose, and looks at what is left.
 */
public final class LiveHeap extends Thread {
  private final long millis;
  private final List<Long> looks = new ArrayList<>();

  private LiveHeap(long millis) {
    super("live-heap");
    this.millis = millis;
    setDaemon(true);
  }

  /** Begins, for as long as this JVM lives; waits some milliseconds between collections. */
  public static LiveHeap watch(long millis) {
    LiveHeap live = new LiveHeap(millis);
    live.start();
    return live;
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
    looks.add(live);
  }

  /** The most bytes that were left by any of the nine tenths of the looks that found least. */
  public synchronized long mostly() {
    List<Long> sorted = looks.stream().sorted().toList();
    return sorted.get(sorted.size() * 9 / 10);
  }

  /** The most bytes that were left. */
  public synchronized long peak() {
    return Collections.max(looks);
  }

  /** How often it has looked. */
  public synchronized int looks() {
    return looks.size();
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
