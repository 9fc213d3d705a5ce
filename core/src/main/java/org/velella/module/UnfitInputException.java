package org.velella.module;

/**
 * A value that follows from a sample's input is none that an operation can take, such as half a
 * spike where spikes are counted. It concerns that sample only: without it, the others can be
 * computed.
 */
public final class UnfitInputException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which node takes what, and what was found
   */
  public UnfitInputException(String message) {
    super(message);
  }
}
