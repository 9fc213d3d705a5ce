package org.velella.checkpoint;

/** A checkpoint file is sound but belongs to another run, network, memory list or configuration. */
public final class CheckpointMismatchException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public CheckpointMismatchException(String message) {
    super(message);
  }

  public CheckpointMismatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
