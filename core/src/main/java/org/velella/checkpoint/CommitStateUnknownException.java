package org.velella.checkpoint;

/**
 * A commit may or may not have happened, and reading back did not settle it. Nothing may be
 * deleted; the next start finds out which it was.
 */
public final class CommitStateUnknownException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public CommitStateUnknownException(String message) {
    super(message);
  }

  public CommitStateUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
