package org.velella.equation;

import java.util.ArrayList;
import java.util.List;

/** Cuts an equation text into tokens; comments and blanks vanish. */
final class Lexer {
  /** Longest text that is read, so that a hostile one costs little. */
  static final int MAX_TEXT = 1 << 16;

  private static final int MAX_WORD = 64;
  private static final String TWO_CHARACTERS = ">= <= == !=";
  private static final String ONE_CHARACTER = "+-*/^(),=<>[]";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int next;
  private int line = 1;
  private int lineStart;

  private Lexer(String text) {
    this.text = text;
  }

  /** All tokens of a text; the last is {@link Token.Kind#TEXT_END}. */
  static List<Token> tokens(String text) {
    if (text.length() > MAX_TEXT) {
      throw new EquationException(
          new Position(1, 1),
          "the text has %d characters; at most %d are read".formatted(text.length(), MAX_TEXT));
    }
    Lexer lexer = new Lexer(text);
    while (lexer.next < text.length()) {
      lexer.token();
    }
    lexer.tokens.add(new Token(Token.Kind.TEXT_END, "", 0, lexer.here()));
    return lexer.tokens;
  }

  private Position here() {
    return new Position(line, next - lineStart + 1);
  }

  private char peek(int ahead) {
    return next + ahead < text.length() ? text.charAt(next + ahead) : '\0';
  }

  private void token() {
    char c = peek(0);
    if (c == ' ' || c == '\t') {
      next++;
    } else if (c == '\n' || c == '\r') {
      lineEnd(c);
    } else if (c == '#') {
      comment();
    } else if (isLetter(c) || isMicro(c)) {
      word();
    } else if (isDigit(c) || c == '.' && isDigit(peek(1))) {
      number();
    } else {
      symbol(c);
    }
  }

  private void lineEnd(char c) {
    tokens.add(new Token(Token.Kind.LINE_END, "", 0, here()));
    next += c == '\r' && peek(1) == '\n' ? 2 : 1;
    line++;
    lineStart = next;
  }

  private void comment() {
    while (next < text.length() && peek(0) != '\n' && peek(0) != '\r') {
      next++;
    }
  }

  private void word() {
    Position at = here();
    int start = next;
    while (isLetter(peek(0)) || isDigit(peek(0)) || isMicro(peek(0))) {
      next++;
    }
    if (next - start > MAX_WORD) {
      throw new EquationException(
          at, "found a name of %d characters; at most %d are allowed".formatted(next - start, 64));
    }
    tokens.add(new Token(Token.Kind.NAME, text.substring(start, next), 0, at));
  }

  private void number() {
    Position at = here();
    int start = next;
    boolean hex = peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X');
    if (hex) {
      next += 2;
    }
    digits(hex);
    if (peek(0) == '.') {
      next++;
      digits(hex);
    }
    exponent(hex);
    while (isLetter(peek(0)) || isDigit(peek(0)) || peek(0) == '.') {
      next++;
    }
    String word = text.substring(start, next);
    tokens.add(new Token(Token.Kind.NUMBER, word, value(word, hex, at), at));
  }

  private void digits(boolean hex) {
    while (isDigit(peek(0)) || hex && Character.digit(peek(0), 16) >= 0 && peek(0) < 128) {
      next++;
    }
  }

  private void exponent(boolean hex) {
    char lower = hex ? 'p' : 'e';
    if (peek(0) == lower || peek(0) == Character.toUpperCase(lower)) {
      next++;
      if (peek(0) == '+' || peek(0) == '-') {
        next++;
      }
      digits(false);
    }
  }

  private static double value(String word, boolean hex, Position at) {
    String plain = "[0-9]*\\.?[0-9]*([eE][+-]?[0-9]+)?";
    String sixteen = "0[xX][0-9a-fA-F]*\\.?[0-9a-fA-F]*[pP][+-]?[0-9]+";
    if (!word.matches(hex ? sixteen : plain)) {
      throw malformed(word, at);
    }
    double value;
    try {
      value = Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw malformed(word, at);
    }
    if (Double.isInfinite(value)) {
      throw new EquationException(at, "found the number " + word + ", which float64 cannot hold");
    }
    return value;
  }

  private static EquationException malformed(String word, Position at) {
    return new EquationException(
        at, "found '" + word + "', not a number; numbers look like 2, 0.5, 1e-3 or 0x1.8p-2");
  }

  private void symbol(char c) {
    Position at = here();
    String two = "" + c + peek(1);
    if (two.indexOf(' ') < 0 && TWO_CHARACTERS.contains(two) && peek(1) == '=') {
      tokens.add(new Token(Token.Kind.SYMBOL, two, 0, at));
      next += 2;
    } else if (ONE_CHARACTER.indexOf(c) >= 0) {
      tokens.add(new Token(Token.Kind.SYMBOL, String.valueOf(c), 0, at));
      next++;
    } else {
      throw new EquationException(
          at,
          "found the character %s; allowed are letters, digits, _ . # and the symbols %s"
              .formatted(shown(text.codePointAt(next)), "+ - * / ^ ( ) [ ] , = < > <= >= == !="));
    }
  }

  private static String shown(int codePoint) {
    boolean printable = codePoint > 32 && codePoint < 127;
    return printable ? "'" + (char) codePoint + "'" : "U+%04X".formatted(codePoint);
  }

  /** The prefix of units, which stand in brackets, and nothing else does. */
  private boolean isMicro(char c) {
    return (c == '\u00b5' || c == '\u03bc')
        && text.lastIndexOf('[', next) > Math.max(lineStart - 1, text.lastIndexOf(']', next));
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
