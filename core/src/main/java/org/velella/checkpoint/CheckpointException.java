package org.velella.checkpoint;

/**
 * A checkpoint cannot be used or written. The subtypes tell apart what a user must do about it:
 * damaged, too new, made for something else, taken by another writer, outcome unknown.
 */
public abstract class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected CheckpointException(String message) {
    super(message);
  }

  protected CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
