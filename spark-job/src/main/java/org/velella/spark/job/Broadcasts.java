package org.velella.spark.job;

import org.apache.spark.broadcast.Broadcast;

/** What becomes of broadcast values that no task needs any more. */
final class Broadcasts {
  private Broadcasts() {}

  /**
   * Has executors forget a value. Spark waits there, and would throw an exception that it does not
   * declare if this thread is interrupted, in place of what there is to say; the thread stays
   * interrupted instead.
   */
  static void destroy(Broadcast<?> sent) {
    boolean interrupted = Thread.interrupted();
    try {
      sent.destroy();
    } catch (Exception e) {
      if (!((Throwable) e instanceof InterruptedException)) {
        throw e;
      }
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
