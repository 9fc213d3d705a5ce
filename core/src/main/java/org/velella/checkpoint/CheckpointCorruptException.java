package org.velella.checkpoint;

/** A checkpoint file is damaged, cut short, missing, or contradicts itself or its manifest. */
public final class CheckpointCorruptException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public CheckpointCorruptException(String message) {
    super(message);
  }

  public CheckpointCorruptException(String message, Throwable cause) {
    super(message, cause);
  }
}
