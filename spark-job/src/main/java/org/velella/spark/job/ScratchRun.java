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
    return new ScratchRun(RunDirectory.of(name, conf), conf);
  }

  RunDirectory directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    FileSystem.get(directory.uri(), conf).delete(new Path(directory.uri()), true);
  }
}
