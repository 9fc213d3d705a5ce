package org.velella.hdf5;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** What an HDF5 file is written to: any place of it, in any order. */
public interface Hdf5Sink extends Closeable {
  /** Writes {@code length} bytes from {@code from} on to place {@code at} of the file. */
  void write(long at, byte[] bytes, int from, int length);

  @Override
  void close() throws IOException;

  /** A file on disk, which must not be there yet. */
  static Hdf5Sink file(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new Hdf5Sink() {
      @Override
      public void write(long at, byte[] bytes, int from, int length) {
        try {
          ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
          for (long place = at; buffer.hasRemaining(); ) {
            place += channel.write(buffer, place);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /** A file in memory, of less than 2 GiB. */
  final class Memory implements Hdf5Sink {
    private byte[] bytes = new byte[1 << 13];
    private int length;

    @Override
    public void write(long at, byte[] source, int from, int count) {
      long end = at + count;
      if (end > Integer.MAX_VALUE - Long.BYTES) {
        throw new Hdf5Exception("The file is longer than 2 GiB; write it to disk");
      }
      if (end > bytes.length) {
        long room = Math.min(Integer.MAX_VALUE - Long.BYTES, Math.max(end, 2L * bytes.length));
        bytes = Arrays.copyOf(bytes, (int) room);
      }
      System.arraycopy(source, from, bytes, (int) at, count);
      length = Math.max(length, (int) end);
    }

    /** The file. */
    public byte[] toBytes() {
      return Arrays.copyOf(bytes, length);
    }

    @Override
    public void close() {}
  }
}
