package org.velella.spark.store;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointStore;
import org.velella.testkit.CheckpointStoreContract;

class HadoopCheckpointStoreTest extends CheckpointStoreContract {
  @TempDir Path folder;

  @Override
  protected CheckpointStore emptyStore() throws IOException {
    org.apache.hadoop.fs.Path root =
        new org.apache.hadoop.fs.Path("hdfs://contract" + folder.resolve("run"));
    Configuration conf = FakeHdfs.configure(new Configuration());
    return new HadoopCheckpointStore(FileContext.getFileContext(root.toUri(), conf), root);
  }

  @Override
  protected int raceRounds() {
    return 25;
  }
}
