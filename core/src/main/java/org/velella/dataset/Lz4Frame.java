package org.velella.dataset;

import java.util.Arrays;

/**
 * LZ4 frames, with blocks that refer to each other as with such that do not. Checksums of blocks
 * and contents are passed over; what was decoded is checked by the format around it.
 *
 * <p>There is no library for it: core depends on none, and lz4-java, which Spark has, refuses
 * blocks that refer to each other.
 */
final class Lz4Frame {
  static final int MAGIC = 0x184d2204;

  private static final int HISTORY = 1 << 16;
  private static final int UNCOMPRESSED = 0x8000_0000;
  private static final int MIN_MATCH = 4;

  /** The byte of a length after which another one follows. */
  private static final int GOES_ON = 255;

  private final byte[] in;
  private final int end;
  private final int limit;
  private int at;
  private byte[] out;
  private int size;

  private Lz4Frame(byte[] in, int length, int limit) {
    this.in = in;
    this.end = length;
    this.limit = limit;
    this.out = new byte[(int) Math.min(limit, Math.max(256, 4L * length))];
  }

  /**
   * The contents of a frame.
   *
   * @param limit how long they may be
   * @throws Malformed if it is damaged, or longer
   */
  static byte[] decode(byte[] frame, int length, int limit) throws Malformed {
    Lz4Frame decoder = new Lz4Frame(frame, length, limit);
    decoder.frame();
    return Arrays.copyOf(decoder.out, decoder.size);
  }

  private void frame() throws Malformed {
    if (i32() != MAGIC) {
      throw new Malformed("it is no LZ4 frame");
    }
    int flags = u8();
    int descriptor = u8();
    int blockMaximum = 1 << (8 + 2 * (descriptor >>> 4 & 7));
    if (flags >>> 6 != 1 || (flags & 1) != 0) {
      throw new Malformed(
          "an LZ4 frame of version %d%s"
              .formatted(flags >>> 6, (flags & 1) == 0 ? "" : " with a dictionary"));
    }
    if (blockMaximum < 1 << 16) {
      throw new Malformed("an LZ4 frame whose blocks have up to %d bytes".formatted(blockMaximum));
    }
    boolean independent = (flags & 0x20) != 0;
    at += ((flags & 8) != 0 ? 8 : 0) + 1;
    for (int header = i32(); header != 0; header = i32()) {
      int bytes = header & ~UNCOMPRESSED;
      if (bytes > blockMaximum || bytes > end - at) {
        throw new Malformed("an LZ4 block of %d bytes, %d are left".formatted(bytes, end - at));
      }
      int from = size;
      if ((header & UNCOMPRESSED) != 0) {
        grow(bytes);
        copyLiterals(bytes);
      } else {
        block(at + bytes, independent ? from : Math.max(0, from - HISTORY));
      }
      if (size - from > blockMaximum) {
        throw new Malformed("an LZ4 block that gives " + (size - from) + " bytes");
      }
      at += (flags & 0x10) != 0 ? 4 : 0;
    }
  }

  /** Decodes up to {@code stop}; matches reach back to {@code oldest} at most. */
  private void block(int stop, int oldest) throws Malformed {
    while (at < stop) {
      int token = in[at++] & 0xff;
      int literals = length(token >>> 4, stop);
      if (literals > stop - at) {
        throw new Malformed("an LZ4 block whose literals go beyond it");
      }
      grow(literals);
      copyLiterals(literals);
      if (at == stop) {
        return;
      }
      if (stop - at < 2) {
        throw new Malformed("an LZ4 block that ends inside a match");
      }
      int distance = in[at++] & 0xff | (in[at++] & 0xff) << 8;
      int match = length(token & 15, stop) + MIN_MATCH;
      if (distance == 0 || size - distance < oldest) {
        throw new Malformed("an LZ4 match that begins " + distance + " bytes back");
      }
      grow(match);
      for (int i = 0; i < match; i++, size++) {
        out[size] = out[size - distance];
      }
    }
  }

  private int length(int nibble, int stop) throws Malformed {
    int length = nibble;
    int next = nibble == 15 ? GOES_ON : 0;
    while (next == GOES_ON) {
      if (at == stop) {
        throw new Malformed("an LZ4 block that ends inside a length");
      }
      next = in[at++] & 0xff;
      length += next;
    }
    return length;
  }

  private void copyLiterals(int count) {
    System.arraycopy(in, at, out, size, count);
    at += count;
    size += count;
  }

  private void grow(int count) throws Malformed {
    if (count > limit - size) {
      throw new Malformed("it gives more than " + limit + " bytes");
    }
    if (size + count > out.length) {
      out = Arrays.copyOf(out, (int) Math.min(limit, Math.max(2L * out.length, size + count)));
    }
  }

  private int u8() throws Malformed {
    if (at >= end) {
      throw new Malformed("an LZ4 frame that is cut short");
    }
    return in[at++] & 0xff;
  }

  private int i32() throws Malformed {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }
}
