package org.velella.spark.task;

/** What happens a minute after a process has computed its last tile, at once. */
public final class IdleDevices {
  private IdleDevices() {}

  public static void free() {
    ExecutorRuntime.freeDevices();
  }
}
