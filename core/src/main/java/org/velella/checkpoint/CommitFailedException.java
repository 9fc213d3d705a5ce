package org.velella.checkpoint;

/** Nothing was committed, because another writer has taken the version. */
public final class CommitFailedException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public CommitFailedException(String message) {
    super(message);
  }

  public CommitFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
