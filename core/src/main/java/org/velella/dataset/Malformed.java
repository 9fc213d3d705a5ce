package org.velella.dataset;

/** Bytes that are not what they should be; who knows the file turns it into a message. */
final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  Malformed(String message) {
    super(message, null, false, false);
  }
}
