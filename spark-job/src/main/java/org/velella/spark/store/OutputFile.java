package org.velella.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** A file of any Hadoop file system, written as a whole: it is complete or absent. */
public final class OutputFile {
  private OutputFile() {}

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Makes a file on a disk of this machine. */
  @FunctionalInterface
  public interface FileContent {
    /** Writes all of a file that is there and empty, or puts another in its place. */
    void writeTo(java.nio.file.Path file) throws IOException;
  }

  /**
   * Whether a file of this name is there.
   *
   * @throws IsDirectoryException if it is a directory, so that no file can have the name
   */
  public static boolean exists(String uri, Configuration conf) throws IOException {
    Path path = new Path(uri);
    FileStatus status;
    try {
      status = InputFile.fileSystem(path, conf).getFileStatus(path);
    } catch (FileNotFoundException e) {
      return false;
    }
    if (status.isDirectory()) {
      throw new IsDirectoryException(uri);
    }
    return true;
  }

  /** Writes a file, in place of one that is there; directories that are missing are made. */
  public static void write(String uri, Configuration conf, Content content) throws IOException {
    Path path = new Path(uri);
    FileSystem files = InputFile.fileSystem(path, conf);
    Path whole = files.makeQualified(path);
    if (whole.toUri().getScheme().equals("file")) {
      // Hadoop gives each local file a checksum file, which nobody expects beside this one.
      writeLocal(java.nio.file.Path.of(whole.toUri().getPath()), content);
      return;
    }
    Path part = new Path(whole.getParent(), partName(whole.getName()));
    try {
      // Closing a stream makes the file on stores of objects, also if the content has failed.
      try (OutputStream out = files.create(part, false)) {
        content.writeTo(out);
      }
    } catch (IOException | RuntimeException e) {
      try {
        files.delete(part, false);
      } catch (IOException notDeleted) {
        e.addSuppressed(notDeleted);
      }
      throw e;
    }
    try {
      replace(files, part, whole, conf);
    } catch (IOException | RuntimeException e) {
      // Where nothing replaces a file at once, this may be all that there is.
      throw new IOException(
          "%s could not be replaced; the new file is whole, in %s".formatted(whole, part), e);
    }
  }

  /** At once where the store can; elsewhere a file that is replaced goes first. */
  private static void replace(FileSystem files, Path part, Path whole, Configuration conf)
      throws IOException {
    if (whole.toUri().getScheme().equals("hdfs")) {
      FileContext.getFileContext(whole.toUri(), conf).rename(part, whole, Options.Rename.OVERWRITE);
      return;
    }
    files.delete(whole, false);
    if (!files.rename(part, whole)) {
      throw new IOException("It could not be renamed");
    }
  }

  /**
   * As {@link #write}, for a content that needs a file to be written to, in any order. Unless the
   * file is to lie on a disk of this machine, it is made in the folder for temporary files first.
   */
  public static void writeFile(String uri, Configuration conf, FileContent content)
      throws IOException {
    Path path = new Path(uri);
    Path whole = InputFile.fileSystem(path, conf).makeQualified(path);
    if (whole.toUri().getScheme().equals("file")) {
      writeLocalFile(java.nio.file.Path.of(whole.toUri().getPath()), content);
      return;
    }
    java.nio.file.Path made = TemporaryFiles.create();
    try {
      try {
        content.writeTo(made);
      } catch (IOException | UncheckedIOException e) {
        throw TemporaryFiles.failure("make the file", made, e);
      }
      write(uri, conf, out -> Files.copy(made, out));
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private static void writeLocalFile(java.nio.file.Path file, FileContent content)
      throws IOException {
    Files.createDirectories(file.getParent());
    java.nio.file.Path part = file.resolveSibling(partName(file.getFileName().toString()));
    try {
      Files.createFile(part);
      content.writeTo(part);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static String partName(String name) {
    return "." + name + "." + UUID.randomUUID() + ".part";
  }

  private static void writeLocal(java.nio.file.Path file, Content content) throws IOException {
    writeLocalFile(
        file,
        part -> {
          try (OutputStream out = Files.newOutputStream(part)) {
            content.writeTo(out);
          }
        });
  }
}
