package org.velella.checkpoint;

/** A checkpoint file is damaged, cut short, missing, or contradicts itself or its manifest. */
public final class CheckpointCorruptException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  /** The message without what to do. */
  private final String reason;

  public CheckpointCorruptException(String message) {
    this(message, null);
  }

  public CheckpointCorruptException(String message, Throwable cause) {
    super(message, cause);
    reason = message;
  }

  /**
   * @param reason what is wrong
   * @param remedy what to do, where this file alone is asked for
   */
  CheckpointCorruptException(String reason, String remedy, Throwable cause) {
    super(reason + "; " + remedy, cause);
    this.reason = reason;
  }

  /** What is wrong, for those who know better what to do. */
  String reason() {
    return reason;
  }
}
