package org.velella.checkpoint;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;
import org.velella.provenance.Checksums;

/**
 * One CRC32C per 4 MiB of data, the last block possibly shorter, as hexadecimal digits one after
 * the other. Blocks can be checked apart, so a reader of a part need not read the whole.
 */
final class BlockChecksums {
  static final int BLOCK_BYTES = 4 << 20;

  private static final int COPY_BYTES = 1 << 16;

  private BlockChecksums() {}

  /** Digits that data of a length has. */
  static long digits(long length) {
    return (length + BLOCK_BYTES - 1) / BLOCK_BYTES * Checksums.DIGITS;
  }

  /** Computes the checksums of what is written to it and forgets the bytes. */
  static final class Computing extends OutputStream implements WritableByteChannel {
    private final StringBuilder digits = new StringBuilder();
    private final CRC32C crc = new CRC32C();
    private int inBlock;
    private long length;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      int at = from;
      int end = from + count;
      length += count;
      while (at < end) {
        int part = Math.min(end - at, BLOCK_BYTES - inBlock);
        crc.update(bytes, at, part);
        at += part;
        inBlock += part;
        if (inBlock == BLOCK_BYTES) {
          finishBlock();
        }
      }
    }

    @Override
    public int write(ByteBuffer from) {
      int count = from.remaining();
      int end = from.limit();
      length += count;
      while (from.position() < end) {
        int part = Math.min(end - from.position(), BLOCK_BYTES - inBlock);
        crc.update(from.limit(from.position() + part));
        inBlock += part;
        if (inBlock == BLOCK_BYTES) {
          finishBlock();
        }
        from.limit(end);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}

    private void finishBlock() {
      digits.append(Checksums.hex(crc));
      crc.reset();
      inBlock = 0;
    }

    /** Bytes written so far. */
    long length() {
      return length;
    }

    /** The checksums of everything written; ends the last block. */
    String finish() {
      if (inBlock > 0) {
        finishBlock();
      }
      return digits.toString();
    }
  }

  /** Passes data on and fails where a block, once read whole, is not what was written. */
  static final class Verifying extends FilterInputStream implements ReadableByteChannel {
    private final String digits;
    private final long length;
    private final String file;
    private final CRC32C crc = new CRC32C();
    private long done;

    /**
     * @param in at the first byte of the data
     * @param length bytes of data
     */
    Verifying(InputStream in, long length, String digits, String file) {
      super(in);
      this.length = length;
      this.digits = digits;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (done == length) {
        return -1;
      }
      int got = in.read(bytes, from, (int) Math.min(count, blockEnd() - done));
      requireMore(got);
      crc.update(bytes, from, got);
      passed(got);
      return got;
    }

    /** Without a copy in between, if the file is a channel. */
    @Override
    public int read(ByteBuffer to) throws IOException {
      if (!(in instanceof ReadableByteChannel channel)) {
        byte[] bytes = new byte[Math.min(to.remaining(), COPY_BYTES)];
        int got = read(bytes, 0, bytes.length);
        to.put(bytes, 0, Math.max(got, 0));
        return got;
      }
      if (done == length) {
        return -1;
      }
      int begin = to.position();
      int count = (int) Math.min(to.remaining(), blockEnd() - done);
      ByteBuffer part = to.duplicate().limit(begin + count);
      int got = channel.read(part);
      requireMore(got);
      crc.update(to.duplicate().limit(begin + got));
      to.position(begin + got);
      passed(got);
      return got;
    }

    private long blockEnd() {
      return Math.min(length, (done / BLOCK_BYTES + 1) * BLOCK_BYTES);
    }

    private void requireMore(int got) {
      if (got < 0) {
        throw new CheckpointCorruptException(
            "%s is cut short: it ends %d bytes early".formatted(file, length - done));
      }
    }

    private void passed(int count) {
      long end = blockEnd();
      done += count;
      if (done == end) {
        check((int) ((done - 1) / BLOCK_BYTES));
      }
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    private void check(int block) {
      int at = block * Checksums.DIGITS;
      String expected = digits.substring(at, at + Checksums.DIGITS);
      String found = Checksums.hex(crc);
      crc.reset();
      if (!expected.equals(found)) {
        throw new CheckpointCorruptException(
            "%s is damaged: block %d of its data has CRC32C %s instead of %s"
                .formatted(file, block, found, expected),
            OpenedRangeFile.REMEDY,
            null);
      }
    }

    @Override
    public long skip(long count) {
      throw new UnsupportedOperationException("Skipped bytes would not be checked");
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
