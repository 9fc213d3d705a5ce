package org.velella.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** How much can still be written where a directory lies, as far as its file system tells. */
public final class FreeRoom {
  private FreeRoom() {}

  /**
   * Bytes of files that there is room for; of a file system that keeps copies of each, with all of
   * them. Quotas are not looked at.
   *
   * @param directory need not exist
   * @return empty if the file system has no end that it knows of, as object stores have none
   */
  public static OptionalLong bytes(URI directory, Configuration conf) throws IOException {
    if ("file".equals(directory.getScheme())) {
      return OptionalLong.of(local(java.nio.file.Path.of(directory.getPath())));
    }
    Path path = new Path(directory);
    FileSystem files = InputFile.fileSystem(path, conf);
    long remaining = files.getStatus(existing(files, path)).getRemaining();
    return remaining == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(remaining / Math.max(1, files.getDefaultReplication(path)));
  }

  private static long local(java.nio.file.Path directory) throws IOException {
    java.nio.file.Path there = directory.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return Files.getFileStore(there).getUsableSpace();
  }

  private static Path existing(FileSystem files, Path directory) throws IOException {
    for (Path there = directory; there.getParent() != null; there = there.getParent()) {
      try {
        return files.getFileStatus(there).getPath();
      } catch (FileNotFoundException e) {
        // One of those above it exists.
      }
    }
    return files.makeQualified(new Path("/"));
  }
}
