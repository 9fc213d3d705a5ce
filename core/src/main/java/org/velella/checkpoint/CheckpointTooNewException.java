package org.velella.checkpoint;

/** A checkpoint file is sound but needs a newer Velella to read it. */
public final class CheckpointTooNewException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public CheckpointTooNewException(String message) {
    super(message);
  }

  public CheckpointTooNewException(String message, Throwable cause) {
    super(message, cause);
  }
}
