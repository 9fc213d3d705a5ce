package org.velella.network;

import java.util.ArrayList;
import java.util.List;
import org.velella.module.MemoryPath;

/**
 * Dotted paths such as {@code block.lif.tau}. A segment that holds anything that the command line
 * gives a meaning to (dot, quote, comma, colon, equals sign, blank) stands in single quotes; a
 * quote inside is doubled: {@code 'lif1.lif'.tau}.
 */
public final class NodePath {
  private NodePath() {}

  /** One segment as it stands in a path. */
  public static String quote(String segment) {
    return MemoryPath.quote(segment);
  }

  /** The path of these segments; {@link #split} gives them back. */
  public static String join(List<String> segments) {
    StringBuilder path = new StringBuilder();
    for (String segment : segments) {
      path.append(path.length() == 0 ? "" : ".").append(quote(segment));
    }
    return path.toString();
  }

  /**
   * The segments of a path, without their quotes.
   *
   * @throws IllegalArgumentException if a quote is not closed, a segment is empty without quotes,
   *     or something other than a dot follows a closing quote
   */
  public static List<String> split(String path) {
    List<String> segments = new ArrayList<>();
    int at = 0;
    while (at <= path.length()) {
      StringBuilder segment = new StringBuilder();
      if (at < path.length() && path.charAt(at) == '\'') {
        at = quoted(path, at, segment);
      } else {
        int dot = path.indexOf('.', at);
        int end = dot < 0 ? path.length() : dot;
        segment.append(path, at, end);
        at = end;
        if (segment.length() == 0 || segment.indexOf("'") >= 0) {
          throw malformed(path, "a segment is empty or holds a quote");
        }
      }
      segments.add(segment.toString());
      if (at < path.length() && path.charAt(at) != '.') {
        throw malformed(path, "a dot or the end must follow a closing quote");
      }
      at++;
    }
    return segments;
  }

  /** Appends what stands in the quotes that open at {@code at}; the index after the closing one. */
  private static int quoted(String path, int at, StringBuilder segment) {
    int next = at + 1;
    while (true) {
      int quote = path.indexOf('\'', next);
      if (quote < 0) {
        throw malformed(path, "a quote is not closed");
      }
      segment.append(path, next, quote);
      if (quote + 1 < path.length() && path.charAt(quote + 1) == '\'') {
        segment.append('\'');
        next = quote + 2;
      } else {
        return quote + 1;
      }
    }
  }

  private static IllegalArgumentException malformed(String path, String why) {
    return new IllegalArgumentException(
        "Path \"" + path + "\": " + why + "; write segment.segment or 'segment with dot'.segment");
  }
}
