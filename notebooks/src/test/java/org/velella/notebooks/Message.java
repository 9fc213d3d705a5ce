package org.velella.notebooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of what a cell shows.
 *
 * @param text without the order that says the kind
 */
record Message(Kind kind, String text) {
  /** How Zeppelin shows it. */
  enum Kind {
    TEXT,
    HTML,
    ANGULAR,
    TABLE,
    IMG,
    SVG,
    NETWORK
  }

  private static final Pattern ORDER = Pattern.compile("%([a-z]+)[ \\t\\n]");

  /**
   * Cuts output into pieces as Zeppelin does: {@code %html} and the like at the beginning of a line
   * say what follows; after a table's rows there must be an empty line before it.
   */
  static List<Message> split(String output) {
    List<Message> messages = new ArrayList<>();
    Kind kind = Kind.TEXT;
    StringBuilder text = new StringBuilder();
    int at = 0;
    boolean lineBegins = true;
    Matcher order = ORDER.matcher(output);
    while (at < output.length()) {
      Kind next = lineBegins && order.region(at, output.length()).lookingAt() ? kind(order) : null;
      if (next != null) {
        add(messages, kind, text);
        at = order.end();
        lineBegins = output.charAt(at - 1) == '\n' && kind != Kind.TABLE;
        kind = next;
        continue;
      }
      char letter = output.charAt(at);
      boolean empty = letter == '\n' && at > 0 && output.charAt(at - 1) == '\n';
      if (kind != Kind.TABLE || !empty) {
        text.append(letter);
      }
      lineBegins = letter == '\n' && (kind != Kind.TABLE || empty);
      at++;
    }
    add(messages, kind, text);
    return List.copyOf(messages);
  }

  private static Kind kind(Matcher order) {
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(order.group(1))) {
        return kind;
      }
    }
    return null;
  }

  private static void add(List<Message> messages, Kind kind, StringBuilder text) {
    if (!text.toString().isBlank()) {
      messages.add(new Message(kind, text.toString()));
    }
    text.setLength(0);
  }

  /** A table's cells, the names of the columns first. */
  List<List<String>> rows() {
    return text.lines()
        .filter(line -> !line.isEmpty())
        .map(line -> List.of(line.split("\t", -1)))
        .toList();
  }
}
