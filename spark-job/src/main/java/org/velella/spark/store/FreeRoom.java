package org.velella.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.provenance.Secrets;

/** How much can still be written where a directory lies, as far as its file system tells. */
public final class FreeRoom {
  private static final Logger LOG = LoggerFactory.getLogger(FreeRoom.class);

  private FreeRoom() {}

  /**
   * Bytes of files that there is room for; of a file system that keeps copies of each, with all of
   * them. Quotas are not looked at.
   *
   * @param directory need not exist
   * @return empty if the file system has no end that it knows of, as object stores have none, or
   *     does not tell
   */
  public static OptionalLong bytes(URI directory, Configuration conf) {
    try {
      return "file".equals(directory.getScheme())
          ? OptionalLong.of(
              Files.getFileStore(existing(java.nio.file.Path.of(directory.getPath())))
                  .getUsableSpace())
          : remote(new Path(directory), conf);
    } catch (IOException e) {
      LOG.warn(
          "How much is free where {} lies is not known: {}",
          directory.getPath(),
          Secrets.hide(e.toString()));
      return OptionalLong.empty();
    }
  }

  private static OptionalLong remote(Path directory, Configuration conf) throws IOException {
    FileSystem files = InputFile.fileSystem(directory, conf);
    FileStatus there = existing(files, directory);
    long remaining = files.getStatus(there.getPath()).getRemaining();
    if (remaining == Long.MAX_VALUE) {
      return OptionalLong.empty();
    }
    // Erasure coding takes less than another copy of each file.
    int copies = there.isErasureCoded() ? 1 : files.getDefaultReplication(directory);
    return OptionalLong.of(remaining / Math.max(1, copies));
  }

  private static FileStatus existing(FileSystem files, Path directory) throws IOException {
    Path there = directory;
    while (true) {
      try {
        return files.getFileStatus(there);
      } catch (FileNotFoundException e) {
        if (there.getParent() == null) {
          throw e;
        }
        there = there.getParent();
      }
    }
  }

  /** A directory of this machine, or the nearest of those above it that exists. */
  public static java.nio.file.Path existing(java.nio.file.Path directory) {
    java.nio.file.Path there = directory.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }
}
