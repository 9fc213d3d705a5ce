package org.velella.spark.frame;

/** A sample whose input cannot be simulated; it goes to {@code failures/}. */
public final class BadSampleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureReason reason;

  public BadSampleException(FailureReason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  public FailureReason reason() {
    return reason;
  }

  /** What was found where, in words. */
  public String detail() {
    return getMessage();
  }
}
