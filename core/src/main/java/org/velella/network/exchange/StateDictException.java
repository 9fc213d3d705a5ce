package org.velella.network.exchange;

/** A state dict that cannot be read, or does not fit a network; says which tensors and why. */
public final class StateDictException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  StateDictException(String message) {
    super(message);
  }

  StateDictException(String message, Throwable cause) {
    super(message, cause);
  }
}
