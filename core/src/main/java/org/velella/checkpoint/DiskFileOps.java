package org.velella.checkpoint;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.velella.checkpoint.CheckpointStore.StoredInput;

/** The file system of this machine. */
final class DiskFileOps implements FileOps {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  @Override
  public List<Path> list(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(paths::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return paths;
  }

  @Override
  public BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public StoredInput open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      return new StoredInput(new ChannelStream(channel), channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public NewFile create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    OutputStream out = new WriteStream(channel);
    return new NewFile() {
      @Override
      public OutputStream out() {
        return out;
      }

      @Override
      public void force() throws IOException {
        out.flush();
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public void link(Path name, Path existing) throws IOException {
    Files.createLink(name, existing);
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return Files.isSameFile(one, other);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    // Without options a move refuses an existing target.
    Files.move(from, to);
  }

  @Override
  public boolean delete(Path file) throws IOException {
    return Files.deleteIfExists(file);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    // Windows cannot open a directory; its file systems log their entries themselves.
    if (!WINDOWS) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** A file as a stream that can also fill buffers without a copy in between. */
  private static final class ChannelStream extends FilterInputStream
      implements ReadableByteChannel {
    private final FileChannel channel;

    ChannelStream(FileChannel channel) {
      super(Channels.newInputStream(channel));
      this.channel = channel;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return channel.read(to);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }

  /** A new file as a stream that also takes whole buffers without a copy in between. */
  private static final class WriteStream extends BufferedOutputStream
      implements WritableByteChannel {
    private final FileChannel channel;

    WriteStream(FileChannel channel) {
      super(Channels.newOutputStream(channel), BUFFER_BYTES);
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      flush();
      int count = from.remaining();
      while (from.hasRemaining()) {
        channel.write(from);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }
}
