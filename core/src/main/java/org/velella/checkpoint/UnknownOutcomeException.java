package org.velella.checkpoint;

import java.io.IOException;

/** A store cannot tell whether a call took effect, such as a request whose answer was lost. */
public final class UnknownOutcomeException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnknownOutcomeException(String message, Throwable cause) {
    super(message, cause);
  }
}
