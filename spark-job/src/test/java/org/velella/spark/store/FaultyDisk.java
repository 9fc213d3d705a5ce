package org.velella.spark.store;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The disk of this machine, whose calls fail in one folder. A JVM that is started with {@link
 * #OPTION} has no other, so the code that it runs is the product's to the last line.
 */
public final class FaultyDisk extends FileSystemProvider {
  /** The JVM option that puts this in place of Java's own. */
  public static final String OPTION =
      "-Djava.nio.file.spi.DefaultFileSystemProvider=" + FaultyDisk.class.getName();

  private static final StoreFaults FAULTS = new StoreFaults();
  private static final AtomicReference<String> WATCHED = new AtomicReference<>("");

  private final FileSystemProvider disk;
  private final FaultyDiskFiles files;

  /** Called by Java. */
  public FaultyDisk(FileSystemProvider disk) {
    this.disk = disk;
    files = new FaultyDiskFiles(this, disk.getFileSystem(URI.create("file:///")));
  }

  /** The faults of all calls for files below a folder, and of no others. */
  public static StoreFaults faults(Path folder) {
    WATCHED.set(folder.toAbsolutePath() + "/");
    return FAULTS;
  }

  private static Path plain(Path path) {
    return FaultyPath.plain(path);
  }

  private static <T> T send(String call, Path path, StoreFaults.Request<T> request)
      throws IOException {
    String watched = WATCHED.get();
    return !watched.isEmpty() && path.toAbsolutePath().toString().startsWith(watched)
        ? FAULTS.send(call + " " + path, request)
        : request.send();
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    AtomicReference<FileChannel> opened = new AtomicReference<>();
    try {
      return send(
          "open",
          path,
          () -> {
            opened.set(disk.newFileChannel(plain(path), options, attributes));
            return new FaultyChannel(
                opened.get(), (call, request) -> send(call, path, request::send));
          });
    } catch (IOException e) {
      if (opened.get() != null) {
        opened.get().close();
      }
      throw e;
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> entries =
        send(
            "list",
            folder,
            () -> disk.newDirectoryStream(plain(folder), path -> filter.accept(files.path(path))));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        Iterator<Path> plain = entries.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return plain.hasNext();
          }

          @Override
          public Path next() {
            return files.path(plain.next());
          }
        };
      }

      @Override
      public void close() throws IOException {
        entries.close();
      }
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    send(
        "create directory",
        folder,
        () -> {
          disk.createDirectory(plain(folder), attributes);
          return null;
        });
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    send(
        "link",
        link,
        () -> {
          disk.createLink(plain(link), plain(existing));
          return null;
        });
  }

  @Override
  public void delete(Path path) throws IOException {
    send(
        "delete",
        path,
        () -> {
          disk.delete(plain(path));
          return null;
        });
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    send(
        "move",
        to,
        () -> {
          disk.move(plain(from), plain(to), options);
          return null;
        });
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return send("compare", one, () -> disk.isSameFile(plain(one), plain(other)));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return send("status of", path, () -> disk.readAttributes(plain(path), type, options));
  }

  @Override
  public String getScheme() {
    return disk.getScheme();
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
    return disk.newFileSystem(uri, environment);
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    return files.path(disk.getPath(uri));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return disk.newByteChannel(plain(path), options, attributes);
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    disk.createSymbolicLink(plain(link), plain(target), attributes);
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    return files.path(disk.readSymbolicLink(plain(link)));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) throws IOException {
    disk.copy(plain(from), plain(to), options);
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return disk.isHidden(plain(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return disk.getFileStore(plain(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    disk.checkAccess(plain(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return disk.getFileAttributeView(plain(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return disk.readAttributes(plain(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    disk.setAttribute(plain(path), name, value, options);
  }
}
