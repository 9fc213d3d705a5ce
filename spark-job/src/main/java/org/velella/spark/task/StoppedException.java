package org.velella.spark.task;

/** The task ends before the run's last step, as it was asked to; all that it computed is saved. */
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException() {
    super("Stopped at a checkpoint, as asked");
  }
}
