package org.velella.module;

/**
 * A user's module threw something, or broke what it promised, while it was stepped. Nothing has
 * changed when this is thrown; other samples may well go on.
 */
public final class HostFailedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message with the node, the module's class, and what it did
   * @param cause what the module threw, or null
   */
  public HostFailedException(String message, RuntimeException cause) {
    super(message, cause);
  }
}
