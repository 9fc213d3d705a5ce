package org.velella.module;

/**
 * How names stand in dotted paths such as {@code block.lif.v}: a name that holds anything that the
 * command line gives a meaning to (dot, quote, comma, colon, equals sign, blank) stands in single
 * quotes; a quote inside is doubled.
 */
public final class MemoryPath {
  private static final String SPECIAL = ".',:=";

  private MemoryPath() {}

  /** One name as it stands in a path. */
  public static String quote(String name) {
    return isPlain(name) ? name : "'" + name.replace("'", "''") + "'";
  }

  /** Whether a name stands in paths as it is. */
  static boolean isPlain(String name) {
    boolean plain = !name.isEmpty();
    for (int i = 0; plain && i < name.length(); i++) {
      char c = name.charAt(i);
      plain = SPECIAL.indexOf(c) < 0 && !Character.isWhitespace(c) && !Character.isISOControl(c);
    }
    return plain;
  }
}
