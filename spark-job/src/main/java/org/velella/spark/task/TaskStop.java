package org.velella.spark.task;

/**
 * Asks the tasks of this JVM to end once they have saved what they are computing: the JVM has been
 * told to end.
 */
public final class TaskStop {
  private static volatile boolean requested;

  private TaskStop() {}

  /** From here on, tasks begin no further interval. */
  public static void request() {
    requested = true;
  }

  static boolean isRequested() {
    return requested;
  }
}
