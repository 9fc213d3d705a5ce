package org.velella.spark.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.velella.provenance.Secrets;

/** A file of any Hadoop file system, read by position. */
public final class InputFile implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 20;

  private final String uri;
  private final FSDataInputStream stream;
  private final FileStatus status;
  private java.nio.file.Path copy;

  private InputFile(String uri, FSDataInputStream stream, FileStatus status) {
    this.uri = uri;
    this.stream = stream;
    this.status = status;
  }

  /**
   * Opens a file.
   *
   * @throws java.io.FileNotFoundException if there is none
   * @throws IsDirectoryException if it is a directory
   */
  public static InputFile open(String uri, Configuration conf) throws IOException {
    Path path = new Path(uri);
    FileSystem files = fileSystem(path, conf);
    FileStatus status = files.getFileStatus(path);
    if (status.isDirectory()) {
      throw new IsDirectoryException(uri);
    }
    return new InputFile(uri, files.open(path), status);
  }

  /**
   * The same file or directory, or pattern, by a name that means it in every working directory.
   *
   * @throws IOException if there is no file system for it
   */
  public static String absolute(String uri, Configuration conf) throws IOException {
    Path path = new Path(uri);
    return fileSystem(path, conf).makeQualified(path).toString();
  }

  /**
   * The file system of a path.
   *
   * @throws UnsupportedFileSystemException if nothing here serves it
   */
  static FileSystem fileSystem(Path path, Configuration conf) throws IOException {
    FileSystem files = known(path, conf);
    try {
      files.makeQualified(path);
      return files;
    } catch (IllegalArgumentException e) {
      // Such as a host where there is none: file://host/name.
      throw new UnsupportedFileSystemException(
          "no file system for %s: %s".formatted(path, e.getMessage()));
    }
  }

  private static FileSystem known(Path path, Configuration conf) throws IOException {
    try {
      return path.getFileSystem(conf);
    } catch (RuntimeException e) {
      // Hadoop knows the scheme, but the jar that serves it is not there.
      if (e.getCause() instanceof ClassNotFoundException) {
        throw new UnsupportedFileSystemException(
            "no file system for %s: %s".formatted(path, e.getCause().getMessage()));
      }
      throw e;
    }
  }

  /** Whether there is a file or directory, or one that a pattern such as {@code *.json} names. */
  public static boolean exists(String uri, Configuration conf) throws IOException {
    Path path = new Path(uri);
    FileSystem files = fileSystem(path, conf);
    if (files.exists(path)) {
      return true;
    }
    FileStatus[] found = files.globStatus(path);
    return found != null && found.length > 0;
  }

  /** The URI by which it was opened. */
  public String uri() {
    return uri;
  }

  /** Its name for messages. */
  public String name() {
    return Secrets.hide(uri);
  }

  /** Bytes of the whole file. */
  public long length() {
    return status.getLen();
  }

  /**
   * The file on a disk of this machine: itself if it lies on one, else a copy in the folder for
   * temporary files, which is gone when this is closed.
   */
  public java.nio.file.Path onDisk() throws IOException {
    if (copy == null && !isPlainFile()) {
      copy = TemporaryFiles.create();
      try {
        Files.copy(fromStart(), copy, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw TemporaryFiles.failure("copy " + name(), copy, e);
      }
    }
    return copy == null ? java.nio.file.Path.of(status.getPath().toUri().getPath()) : copy;
  }

  private boolean isPlainFile() {
    URI file = status.getPath().toUri();
    if (!"file".equals(file.getScheme())) {
      return false;
    }
    java.nio.file.Path path = java.nio.file.Path.of(file.getPath());
    // Where Hadoop has written it, it compares with its checksums.
    return !Files.exists(path.resolveSibling("." + path.getFileName() + ".crc"));
  }

  /** Bytes {@code [position, position + count)}. */
  public byte[] read(long position, int count) throws IOException {
    if (position + count > length()) {
      throw new EOFException(
          "%s has %d bytes, asked for %d to %d"
              .formatted(name(), length(), position, position + count));
    }
    byte[] bytes = new byte[count];
    stream.readFully(position, bytes);
    return bytes;
  }

  /** The file from its beginning; closed with this. */
  public InputStream fromStart() throws IOException {
    stream.seek(0);
    return stream;
  }

  /** The CRC32C of bytes {@code [position, position + count)}. */
  public int crc32c(long position, long count) throws IOException {
    CRC32C crc = new CRC32C();
    long end = position + count;
    for (long at = position; at < end; at += BLOCK_BYTES) {
      crc.update(read(at, (int) Math.min(BLOCK_BYTES, end - at)));
    }
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    try (stream) {
      if (copy != null) {
        Files.deleteIfExists(copy);
      }
    }
  }
}
