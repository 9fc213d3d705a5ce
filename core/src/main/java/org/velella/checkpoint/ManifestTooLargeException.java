package org.velella.checkpoint;

/** Nothing was committed, because nobody could read a manifest that large. */
public final class ManifestTooLargeException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public ManifestTooLargeException(String message) {
    super(message);
  }
}
