package org.velella.tensor;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The Python dictionary in a {@code .npy} header, read as the closed grammar that NumPy writes:
 * exactly the keys {@code descr} (a string), {@code fortran_order} (True or False) and {@code
 * shape} (a tuple of whole numbers). Nothing else is understood and nothing is evaluated.
 */
final class NpyHeaderText {
  private final String name;
  private final String text;
  private int at;

  private String descr;
  private Boolean fortran;
  private Shape shape;

  private NpyHeaderText(String name, String text) {
    this.name = name;
    this.text = text;
  }

  static Npy.Header parse(String name, String text, int dataOffset) {
    NpyHeaderText header = new NpyHeaderText(name, text);
    header.dictionary();
    String code = header.descr.length() == 3 ? header.descr.substring(1) : "";
    for (NpyType type : NpyType.values()) {
      if (type.code().equals(code)) {
        ByteOrder order = header.byteOrder(type);
        return new Npy.Header(type, order, header.fortran, header.shape, dataOffset);
      }
    }
    throw new NpyException(
        name,
        "its element type is '%s'; readable are f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 and b1"
            .formatted(header.descr));
  }

  private ByteOrder byteOrder(NpyType type) {
    char mark = descr.charAt(0);
    if (mark == '<' || mark == '|' && type.bytes() == 1) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    if (mark == '>') {
      return ByteOrder.BIG_ENDIAN;
    }
    throw new NpyException(name, "its element type '" + descr + "' names no byte order");
  }

  private void dictionary() {
    expect('{');
    while (!next('}')) {
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> descr = once(key, descr, string());
        case "fortran_order" -> fortran = once(key, fortran, truth());
        case "shape" -> shape = once(key, shape, tuple());
        default -> throw failure("the unknown key '" + key + "'");
      }
      if (!next(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (at < text.length()) {
      throw failure("text after the dictionary");
    }
    if (descr == null || fortran == null || shape == null) {
      throw failure("no " + (descr == null ? "descr" : shape == null ? "shape" : "fortran_order"));
    }
  }

  private <T> T once(String key, T before, T value) {
    if (before != null) {
      throw failure("the key '" + key + "' twice");
    }
    return value;
  }

  private String string() {
    skipSpace();
    char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw failure("no quoted text (records and object arrays are not readable)");
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw failure("a text that does not end");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private Boolean truth() {
    skipSpace();
    for (String word : List.of("True", "False")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw failure("neither True nor False");
  }

  private Shape tuple() {
    expect('(');
    List<Integer> dims = new ArrayList<>();
    while (!next(')')) {
      dims.add(number());
      if (dims.size() > Npy.MAX_RANK) {
        throw failure("more than " + Npy.MAX_RANK + " axes");
      }
      if (!next(',')) {
        if (dims.size() == 1) {
          throw failure("a number in parentheses, which is no tuple without a comma");
        }
        expect(')');
        break;
      }
    }
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  private int number() {
    skipSpace();
    int start = at;
    long value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + (peek() - '0');
      if (value > Integer.MAX_VALUE) {
        throw failure("an axis longer than " + Integer.MAX_VALUE);
      }
      at++;
    }
    if (at == start) {
      throw failure("no whole number");
    }
    if (peek() == 'L') {
      at++; // Python 2 wrote long integers this way.
    }
    return (int) value;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean next(char wanted) {
    skipSpace();
    if (peek() != wanted || at >= text.length()) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char wanted) {
    if (!next(wanted)) {
      throw failure("no '" + wanted + "'");
    }
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') {
      at++;
    }
  }

  private NpyException failure(String found) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text.strip();
    return new NpyException(
        name, "its header has %s at character %d: %s".formatted(found, at, shown));
  }
}
