package org.velella.equation;

/**
 * A word of an equation text.
 *
 * @param value the number of a {@link Kind#NUMBER}, else 0
 */
record Token(Kind kind, String text, double value, Position at) {
  enum Kind {
    NAME,
    NUMBER,
    SYMBOL,
    /** The end of a line. */
    LINE_END,
    /** The end of the text. */
    TEXT_END
  }

  boolean is(String symbolOrWord) {
    return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbolOrWord);
  }

  /** How messages name this token. */
  String shown() {
    return switch (kind) {
      case LINE_END -> "the end of the line";
      case TEXT_END -> "the end of the text";
      default -> "'" + text + "'";
    };
  }
}
