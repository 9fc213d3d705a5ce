package org.velella.checkpoint;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A run in a directory of a local or network file system that has hard links.
 *
 * <p>A new file is written under a hidden name, forced to disk, linked to its name, and the
 * directory is forced to disk. Linking is the one call of a POSIX file system that is exclusive,
 * shows only whole files, and does not replace: renaming replaces, and creating in place shows a
 * half-written file after a crash. Symbolic links are not followed when a file is opened.
 */
public final class LocalCheckpointStore implements CheckpointStore {
  private static final String TEMPORARY = ".tmp-";
  private static final int BUFFER_BYTES = 1 << 16;
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private final Path root;

  /**
   * The store of a run's directory, which need not exist yet.
   *
   * @param root the run's directory
   */
  public LocalCheckpointStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<StoredFile> list(String directory) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(resolve(directory))) {
      for (Path path : stream) {
        String name = path.getFileName().toString();
        BasicFileAttributes attributes = attributes(path);
        if (!name.startsWith(".") && attributes != null && attributes.isRegularFile()) {
          files.add(new StoredFile(name, attributes.size()));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  /** Null if the file vanished since it was listed, as temporary ones do. */
  private static BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public StoredInput open(String path) throws IOException {
    Path file = resolve(path);
    BasicFileAttributes attributes = attributes(file);
    if (attributes == null || !attributes.isRegularFile()) {
      throw new FileNotFoundException("No file " + file);
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    }
    try {
      return new StoredInput(new ChannelStream(channel), channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    Path target = resolve(path);
    boolean created = linkNew(target, content);
    if (!created) {
      throw new FileAlreadyExistsException(target.toString());
    }
    syncDirectory(target.getParent());
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    boolean created = linkNew(target, out -> out.write(bytes));
    if (created) {
      try {
        syncDirectory(target.getParent());
      } catch (IOException e) {
        throw new UnknownOutcomeException(
            target + " was created but may not survive a power failure: " + e.getMessage(), e);
      }
    }
    return created;
  }

  private boolean linkNew(Path target, Content content) throws IOException {
    createDirectories(target.getParent());
    Path temporary = target.resolveSibling(TEMPORARY + UUID.randomUUID());
    try {
      writeDurably(temporary, content);
      return link(temporary, target);
    } finally {
      // A leftover is hidden and harmless, so failing to remove it must not fail the commit.
      temporary.toFile().delete();
    }
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    createDirectories(target.getParent());
    Path temporary = target.resolveSibling(TEMPORARY + UUID.randomUUID());
    try {
      writeDurably(temporary, out -> out.write(bytes));
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      temporary.toFile().delete();
    }
    syncDirectory(target.getParent());
  }

  private static void writeDurably(Path file, Content content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new NewFile(channel)) {
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private boolean link(Path temporary, Path target) throws IOException {
    try {
      Files.createLink(target, temporary);
      return true;
    } catch (UnsupportedOperationException e) {
      throw new ExclusiveCreateUnsupportedException(
          "The file system of "
              + root
              + " has no hard links, so a commit cannot be made exclusive;"
              + " put the run on another file system",
          e);
    } catch (IOException e) {
      // A network file system may create the link, lose the answer, and report a failure.
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && Files.isSameFile(temporary, target)) {
        return true;
      }
      if (e instanceof FileAlreadyExistsException) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public boolean delete(String path) throws IOException {
    return Files.deleteIfExists(resolve(path));
  }

  @Override
  public boolean exists(String path) {
    return Files.isRegularFile(resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    BasicFileAttributes attributes = attributes(resolve(path));
    return attributes == null
        ? Optional.empty()
        : Optional.of(attributes.lastModifiedTime().toInstant());
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = resolve(to);
    createDirectories(target.getParent());
    try {
      // Without options a move refuses an existing target.
      Files.move(source, target);
    } catch (NoSuchFileException e) {
      throw missing(source, e);
    }
    syncDirectory(target.getParent());
    syncDirectory(source.getParent());
  }

  private Path resolve(String path) {
    return root.resolve(CheckpointStore.requirePath(path));
  }

  private static FileNotFoundException missing(Path file, IOException cause) {
    FileNotFoundException exception = new FileNotFoundException("No file " + file);
    exception.initCause(cause);
    return exception;
  }

  private static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  /** Makes the entries of a directory survive a power failure. */
  private static void syncDirectory(Path directory) throws IOException {
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
  private static final class NewFile extends BufferedOutputStream implements WritableByteChannel {
    private final FileChannel channel;

    NewFile(FileChannel channel) {
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
