package org.velella.dataset;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * The lines of a text file in UTF-8, which end with a line feed, a carriage return, or both. Of a
 * file that is no text, no more than {@value #MAX_LINE} characters are held.
 */
final class LineReader implements AutoCloseable {
  /** Characters of a line at most. */
  static final int MAX_LINE = 1 << 16;

  private final String name;
  private final Reader in;
  private final char[] block;
  private final StringBuilder line = new StringBuilder();
  private int at;
  private int end;
  private long number;
  private boolean afterReturn;

  LineReader(DataFile file) throws IOException {
    this.name = file.name();
    this.block = new char[(int) Math.max(16, Math.min(1 << 16, file.length()))];
    this.in = new InputStreamReader(file.open(0), StandardCharsets.UTF_8);
  }

  /** The number of the line that was read last, from 1 on. */
  long number() {
    return number;
  }

  /**
   * The next line, or null after the last.
   *
   * @throws DatasetException if it is too long for a line of a table
   */
  String next() throws IOException {
    line.setLength(0);
    number++;
    while (at < end || fill()) {
      if (afterReturn && block[at] == '\n') {
        at++;
      }
      afterReturn = false;
      int from = at;
      while (at < end && block[at] != '\n' && block[at] != '\r') {
        at++;
      }
      if (line.length() + at - from > MAX_LINE) {
        throw DatasetException.of(
            "%s, line %d".formatted(name, number),
            "it has more than %d characters; is the file a table of text?".formatted(MAX_LINE));
      }
      line.append(block, from, at - from);
      if (at < end) {
        afterReturn = block[at++] == '\r';
        return line.toString();
      }
    }
    return line.length() > 0 ? line.toString() : null;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(block, 0, block.length));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
