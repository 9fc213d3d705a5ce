package org.velella.network;

/** A network that cannot be used as it is; the message names the node or edge and what to do. */
public final class NetworkException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public NetworkException(String message) {
    super(message);
  }

  public NetworkException(String message, Throwable cause) {
    super(message, cause);
  }
}
