package org.velella.spark.job;

import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of broadcast values that no task needs any more. */
final class Broadcasts {
  private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

  private Broadcasts() {}

  /**
   * Has executors forget a value; nothing that fails there is thrown in place of what there is to
   * say. Spark waits, and throws an exception that it does not declare if this thread is
   * interrupted: the thread stays interrupted instead. What cannot be destroyed, as Spark has
   * stopped, goes with the executors.
   */
  static void destroy(Broadcast<?> sent) {
    boolean interrupted = Thread.interrupted();
    try {
      sent.destroy();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        interrupted = true;
      } else {
        LOG.debug("Broadcast {} cannot be destroyed", sent.id(), e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
