package org.velella.spark.store;

import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.ExclusiveCreateUnsupportedException;
import org.velella.checkpoint.LocalCheckpointStore;

/**
 * The store of a run's directory, by the file system that it lies on. Only file systems are taken
 * whose way to create a file exclusively is known: on the others, two writers could overwrite each
 * other's commits without noticing.
 */
public final class RunStores {
  private static final Set<String> SCHEMES = Set.of("file", "hdfs", "abfs", "abfss", "s3a");

  private RunStores() {}

  /**
   * The absolute URI of a directory that a user named; a plain path is taken from the file system
   * that the configuration says, as everywhere in Hadoop.
   *
   * @throws IOException if there is no file system for it
   * @throws ExclusiveCreateUnsupportedException if it names one that {@link #open} refuses
   */
  public static URI resolve(String directory, Configuration conf) throws IOException {
    Path path = new Path(directory);
    String scheme = path.toUri().getScheme();
    // Refused before Hadoop looks for a jar that serves it and would not help.
    if (scheme != null && !SCHEMES.contains(scheme)) {
      throw unsupported(path.toUri());
    }
    return InputFile.fileSystem(path, conf).makeQualified(path).toUri();
  }

  /**
   * The store of a run's directory, which need not exist.
   *
   * @param directory as {@link #resolve} gave it
   * @throws ExclusiveCreateUnsupportedException if commits could not be made exclusive there
   */
  public static CheckpointStore open(URI directory, Configuration conf) throws IOException {
    return switch (directory.getScheme()) {
      case "file" -> new LocalCheckpointStore(java.nio.file.Path.of(directory.getPath()));
      case "hdfs" -> renaming(directory, conf);
      case "abfs", "abfss" -> {
        requireNamespace(directory, conf);
        yield renaming(directory, conf);
      }
      case "s3a" ->
          new S3CheckpointStore(
              InputFile.fileSystem(new Path(directory), conf), new Path(directory));
      default -> throw unsupported(directory);
    };
  }

  private static CheckpointStore renaming(URI directory, Configuration conf) throws IOException {
    return new HadoopCheckpointStore(
        FileContext.getFileContext(directory, conf), new Path(directory));
  }

  /**
   * Azure renames atomically, and without replacing, where the account has a hierarchical
   * namespace; only such accounts keep access lists.
   */
  private static void requireNamespace(URI directory, Configuration conf) throws IOException {
    Path path = new Path(directory);
    FileSystem files = InputFile.fileSystem(path, conf);
    if (!files.hasPathCapability(path, CommonPathCapabilities.FS_ACLS)) {
      throw new ExclusiveCreateUnsupportedException(
          "A run cannot be written to "
              + directory
              + ": its storage account has no hierarchical namespace, without which renaming is"
              + " not atomic. Give an --output elsewhere and copy the finished run");
    }
  }

  private static ExclusiveCreateUnsupportedException unsupported(URI directory) {
    return new ExclusiveCreateUnsupportedException(
        "A run cannot be written to "
            + directory
            + ": how to create a file only if it is absent is known for file:, hdfs:, abfs: and s3a:, not for "
            + directory.getScheme()
            + ":. Give an --output there and copy the finished run");
  }
}
