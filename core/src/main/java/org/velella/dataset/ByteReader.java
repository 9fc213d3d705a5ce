package org.velella.dataset;

import java.io.IOException;
import java.io.InputStream;

/** Little-endian values of a stream, with the place at which they stand for messages. */
final class ByteReader implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int HEAD_BYTES = 32;

  private final String name;
  private final InputStream in;
  private final byte[] block;

  /** Where in the file the block begins. */
  private long blockOffset;

  private int at;
  private int end;

  ByteReader(String name, InputStream in, long offset) {
    this(name, in, offset, BLOCK_BYTES);
  }

  private ByteReader(String name, InputStream in, long offset, int blockBytes) {
    this.name = name;
    this.in = in;
    this.blockOffset = offset;
    this.block = new byte[blockBytes];
  }

  static ByteReader open(DataFile file, long offset) throws IOException {
    long rest = Math.max(16, file.length() - offset);
    return new ByteReader(
        file.name(), file.open(offset), offset, (int) Math.min(BLOCK_BYTES, rest));
  }

  /** For reading little here and there. */
  static ByteReader openHeads(DataFile file, long offset) throws IOException {
    return new ByteReader(file.name(), file.open(offset), offset, HEAD_BYTES);
  }

  /** Bytes from the file's beginning to what is read next. */
  long offset() {
    return blockOffset + at;
  }

  boolean atEnd() throws IOException {
    return at == end && !fill();
  }

  private boolean fill() throws IOException {
    blockOffset += end;
    at = 0;
    end = Math.max(0, in.readNBytes(block, 0, block.length));
    return end > 0;
  }

  /** The next byte, from 0 to 255. */
  int u8(String what) throws IOException {
    if (at == end && !fill()) {
      throw cutShort(what);
    }
    return block[at++] & 0xff;
  }

  int u16(String what) throws IOException {
    return u8(what) | u8(what) << 8;
  }

  int i32(String what) throws IOException {
    return u16(what) | u16(what) << 16;
  }

  long i64(String what) throws IOException {
    return i32(what) & 0xffffffffL | (long) i32(what) << 32;
  }

  /** Reads up to {@code count} bytes; gives how many there were. */
  int read(byte[] to, int count) throws IOException {
    int done = 0;
    while (done < count && (at < end || fill())) {
      int part = Math.min(count - done, end - at);
      System.arraycopy(block, at, to, done, part);
      at += part;
      done += part;
    }
    return done;
  }

  void skip(long count, String what) throws IOException {
    long inBlock = Math.min(count, end - at);
    at += (int) inBlock;
    long left = count - inBlock;
    if (left > 0) {
      blockOffset += end;
      at = 0;
      end = 0;
      long skipped = 0;
      while (skipped < left) {
        long one = in.skip(left - skipped);
        if (one <= 0 && in.read() < 0) {
          blockOffset += skipped;
          throw cutShort(what);
        }
        skipped += Math.max(1, one);
      }
      blockOffset += left;
    }
  }

  DatasetException cutShort(String what) {
    return wrong(
        "the file ends inside %s; it is cut short, copy or record it again".formatted(what));
  }

  DatasetException wrong(String problem) {
    return DatasetException.at(name, offset(), problem);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
