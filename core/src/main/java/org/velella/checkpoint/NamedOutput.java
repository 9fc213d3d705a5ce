package org.velella.checkpoint;

import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A file that is being written, whose failures name it: the kernel's own words, such as those of a
 * full disk, do not. What fails elsewhere while it is written stays as it is.
 */
public class NamedOutput extends FilterOutputStream {
  private final String target;

  /** Bytes handed over; how many of them the storage has, buffers in between do not tell. */
  private long written;

  /**
   * A file; it takes whole buffers, as a channel does, if {@code out} does.
   *
   * @param target the name that the file is to get
   */
  public static NamedOutput of(OutputStream out, String target) {
    return out instanceof WritableByteChannel channel
        ? new Direct(out, channel, target)
        : new NamedOutput(out, target);
  }

  private NamedOutput(OutputStream out, String target) {
    super(out);
    this.target = target;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      throw failure(e);
    }
    written += count;
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * What else is closed with the file, such as what it is written to; its failures name it, too.
   */
  public Closeable naming(Closeable other) {
    return () -> {
      try {
        other.close();
      } catch (IOException e) {
        throw failure(e);
      }
    };
  }

  /** What to throw for a failure of the file: itself if it has a kind of its own or a name. */
  public IOException failure(IOException e) {
    boolean plain = e.getClass() == IOException.class && e.getMessage() != null;
    if (!plain || e.getMessage().contains(target)) {
      return e;
    }
    // Not a FileSystemException, which refuses a name or a place and so is the user's to mend; and
    // not with a cause: people are shown the last cause of all.
    IOException failure =
        new IOException(
            "%s: %s, after %d bytes handed over".formatted(target, e.getMessage(), written));
    failure.addSuppressed(e);
    return failure;
  }

  /** One that large arrays are written to without a copy. */
  private static final class Direct extends NamedOutput implements WritableByteChannel {
    private final WritableByteChannel channel;

    Direct(OutputStream out, WritableByteChannel channel, String target) {
      super(out, target);
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      try {
        int count = channel.write(bytes);
        super.written += count;
        return count;
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }
}
