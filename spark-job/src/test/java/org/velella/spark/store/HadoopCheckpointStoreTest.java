package org.velella.spark.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointStore;
import org.velella.testkit.CheckpointStoreContract;

class HadoopCheckpointStoreTest extends CheckpointStoreContract {
  @TempDir Path folder;

  @Override
  protected CheckpointStore emptyStore() throws IOException {
    return new HadoopCheckpointStore(
        AtomicRenameFileSystem.files(),
        new org.apache.hadoop.fs.Path(folder.resolve("run").toUri()));
  }

  @Override
  protected int raceRounds() {
    return 25;
  }
}
