package org.velella.network.nir;

/**
 * A NIR file or convention that cannot be used: the message names the file, the node and dataset or
 * edge, what is there, and what is supported.
 */
public final class NirException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public NirException(String message) {
    super(message);
  }

  public NirException(String message, Throwable cause) {
    super(message, cause);
  }
}
