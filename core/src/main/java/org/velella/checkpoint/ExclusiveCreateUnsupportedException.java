package org.velella.checkpoint;

/**
 * The store has no way to create a file only if it is absent, so two writers could overwrite each
 * other's commits.
 */
public final class ExclusiveCreateUnsupportedException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public ExclusiveCreateUnsupportedException(String message) {
    super(message);
  }

  public ExclusiveCreateUnsupportedException(String message, Throwable cause) {
    super(message, cause);
  }
}
