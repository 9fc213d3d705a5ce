package org.velella.spark.job;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** The directory of a run that nobody keeps. */
final class ScratchRun implements Closeable {
  private final RunDirectory directory;
  private final Configuration conf;

  private ScratchRun(RunDirectory directory, Configuration conf) {
    this.directory = directory;
    this.conf = conf;
  }

  /**
   * A new directory.
   *
   * @param parent where; empty: the temporary directory of this machine
   * @throws UsageException if executors of other machines would not see it
   */
  static ScratchRun create(SparkSession session, String parent) throws IOException {
    SparkContext spark = session.sparkContext();
    if (parent.isEmpty() && !spark.isLocal()) {
      throw new UsageException(
          "On a cluster, give --scratch DIRECTORY, where executors can simulate the run again");
    }
    String name =
        parent.isEmpty()
            ? Files.createTempDirectory("velella-reproduce").toString()
            : parent + "/velella-reproduce-" + UUID.randomUUID();
    Configuration conf = spark.hadoopConfiguration();
    ScratchRun run = new ScratchRun(RunDirectory.of(name, conf), conf);
    // A process that is told to end does not come to close it.
    run.files().mkdirs(run.path());
    run.files().deleteOnExit(run.path());
    return run;
  }

  RunDirectory directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    Uninterrupted.run(() -> files().delete(path(), true));
    files().cancelDeleteOnExit(path());
  }

  private FileSystem files() throws IOException {
    return FileSystem.get(directory.uri(), conf);
  }

  private Path path() {
    return new Path(directory.uri());
  }
}
