package org.velella.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A file that can be read from any byte on, as often as one likes, wherever it lies. */
public interface DataFile {
  /** Its name for messages. */
  String name();

  /** Bytes of the whole file. */
  long length() throws IOException;

  /** The file from a byte on; the caller closes it. Not buffered. */
  InputStream open(long offset) throws IOException;

  /**
   * The file on this machine, for libraries that want one; a copy if it lies elsewhere.
   *
   * @throws UnsupportedOperationException if it is none
   */
  default Path local() throws IOException {
    throw new UnsupportedOperationException(name() + " is not on this machine");
  }

  /** A file of this machine. */
  static DataFile of(Path path) {
    return new DataFile() {
      @Override
      public String name() {
        return path.toString();
      }

      @Override
      public long length() throws IOException {
        return Files.size(path);
      }

      @Override
      public InputStream open(long offset) throws IOException {
        SeekableByteChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
          channel.position(offset);
        } catch (IOException | RuntimeException e) {
          Closing.after(e, channel);
          throw e;
        }
        return Channels.newInputStream(channel);
      }

      @Override
      public Path local() {
        return path;
      }
    };
  }

  /** Bytes in memory. */
  static DataFile of(String name, byte[] bytes) {
    return new DataFile() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public InputStream open(long offset) {
        int from = (int) Objects.checkIndex(offset, bytes.length + 1L);
        return new ByteArrayInputStream(bytes, from, bytes.length - from);
      }
    };
  }
}
