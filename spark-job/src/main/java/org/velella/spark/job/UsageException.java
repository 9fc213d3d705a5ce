package org.velella.spark.job;

/**
 * What was asked cannot be done: a wrong option, a missing or unfitting input, or an output
 * directory that belongs to another run. The message says what was asked, what is there and what to
 * do. Nothing was computed or changed.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
