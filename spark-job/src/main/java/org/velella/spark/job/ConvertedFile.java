package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.velella.spark.store.IsDirectoryException;
import org.velella.spark.store.OutputFile;

/** A file that {@code convert} makes, of any Hadoop file system. */
public final class ConvertedFile {
  private ConvertedFile() {}

  /**
   * Looks whether a file may be written, so that nothing is computed in vain.
   *
   * @throws UsageException if it is there and is to be kept, is a directory, or lies nowhere
   */
  public static void require(String uri, Existing existing, Configuration conf) {
    try {
      if (OutputFile.exists(uri, conf) && existing == Existing.KEEP) {
        throw new UsageException(
            uri + " is there already; give another name, or --overwrite to replace it");
      }
    } catch (IsDirectoryException e) {
      throw new UsageException(uri + " is a directory; give the name of a file", e);
    } catch (UnsupportedFileSystemException e) {
      throw new UsageException("Cannot write " + uri + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + uri, e);
    }
  }

  /**
   * Writes a file after {@link #require} has looked; it is complete or absent.
   *
   * @throws UsageException if the place does not allow it
   */
  public static void write(String uri, Configuration conf, OutputFile.Content content) {
    report(uri, () -> OutputFile.write(uri, conf, content));
  }

  /** As {@link #write}, for a content that is made as a file on a disk. */
  static void writeFile(String uri, Configuration conf, OutputFile.FileContent content) {
    report(uri, () -> OutputFile.writeFile(uri, conf, content));
  }

  /** What may fail. */
  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private static void report(String uri, Writing writing) {
    try {
      writing.run();
    } catch (FileSystemException e) {
      throw new UsageException("Cannot write " + uri + ": " + IoReason.of(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + uri, e);
    } catch (UncheckedIOException e) {
      throw new UncheckedIOException("Cannot write " + uri, e.getCause());
    }
  }
}
