package org.velella.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The lines of a text file in UTF-8, which end with a line feed, a carriage return, or both. Of a
 * file that is no text, no more than {@value #MAX_BYTES} bytes of a line are held.
 */
final class LineReader implements AutoCloseable {
  /** Characters of a line at most. */
  static final int MAX_LINE = 1 << 16;

  /** No character of UTF-16 has more than three bytes of UTF-8: of four bytes, two come. */
  private static final int MAX_BYTES = 3 * MAX_LINE;

  private static final int BLOCK_BYTES = 1 << 16;

  private final String name;
  private final InputStream in;
  private final byte[] block;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /** Where in the file the block begins. */
  private long blockOffset;

  private int at;
  private int end;
  private long number;
  private boolean afterReturn;

  LineReader(DataFile file) throws IOException {
    this(file, 0, 1);
  }

  /**
   * The lines from one on.
   *
   * @param offset the byte at which it begins
   * @param number its own
   */
  LineReader(DataFile file, long offset, long number) throws IOException {
    this.name = file.name();
    this.blockOffset = offset;
    this.number = number - 1;
    this.block = new byte[(int) Math.max(16, Math.min(BLOCK_BYTES, file.length() - offset))];
    this.in = file.open(offset);
  }

  /**
   * The lines that begin at a byte or after it, numbered from 1 on. The line that the byte lies in,
   * of whatever length, is passed over.
   */
  static LineReader after(DataFile file, long offset) throws IOException {
    return after(file, offset, Long.MAX_VALUE);
  }

  /**
   * As the other, for who wants only lines that begin before another byte: if none does, the first
   * line's {@link #offset} is that byte or one behind it, and nothing more of the file is read.
   */
  static LineReader after(DataFile file, long offset, long before) throws IOException {
    if (offset == 0) {
      return new LineReader(file);
    }
    LineReader lines = new LineReader(file, offset - 1, 1);
    try {
      lines.skip(before);
      return lines;
    } catch (IOException | RuntimeException e) {
      Closing.after(e, lines);
      throw e;
    }
  }

  private void skip(long before) throws IOException {
    boolean ended = false;
    while (!ended && blockOffset + at < before && (at < end || fill())) {
      afterReturn = block[at] == '\r';
      ended = afterReturn || block[at] == '\n';
      at++;
    }
  }

  /** The number of the line that was read last. */
  long number() {
    return number;
  }

  /** The byte at which the next line begins; the end of the file after the last. */
  long offset() throws IOException {
    if (afterReturn && (at < end || fill())) {
      at += block[at] == '\n' ? 1 : 0;
    }
    afterReturn = false;
    return blockOffset + at;
  }

  /**
   * The next line, or null after the last.
   *
   * @throws DatasetException if it is too long for a line of a table
   */
  String next() throws IOException {
    offset();
    line.reset();
    number++;
    while (at < end || fill()) {
      int from = at;
      while (at < end && block[at] != '\n' && block[at] != '\r') {
        at++;
      }
      if (line.size() + at - from > MAX_BYTES) {
        throw tooLong();
      }
      line.write(block, from, at - from);
      if (at < end) {
        afterReturn = block[at++] == '\r';
        return text();
      }
    }
    return line.size() > 0 ? text() : null;
  }

  private String text() {
    String text = line.toString(StandardCharsets.UTF_8);
    if (text.length() > MAX_LINE) {
      throw tooLong();
    }
    return text;
  }

  private DatasetException tooLong() {
    return DatasetException.of(
        "%s, line %d".formatted(name, number),
        "it has more than %d characters; is the file a table of text?".formatted(MAX_LINE));
  }

  private boolean fill() throws IOException {
    blockOffset += end;
    at = 0;
    end = Math.max(0, in.read(block, 0, block.length));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
