package org.velella.provenance;

/** A text is not the JSON that was expected: not well-formed, or a field is missing or wrong. */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public JsonException(String message) {
    super(message);
  }

  public JsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
