package org.velella.spark.task;

/** The task was killed while it waited for a save. */
final class SaveInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SaveInterruptedException(InterruptedException cause) {
    super("Killed while a checkpoint was being written", cause);
  }
}
