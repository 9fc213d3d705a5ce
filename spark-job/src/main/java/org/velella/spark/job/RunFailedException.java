package org.velella.spark.job;

/** A run stopped before its last step; what was saved is kept, and the next call goes on there. */
public class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
