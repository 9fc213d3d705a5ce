package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.UnfinishedFile;
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

  @Test
  void whatAKilledWriterLeftIsToldAndRemoved() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/whole", out -> out.write(1));
    String left = UnfinishedFile.create();
    Path file = Files.write(folder.resolve("run/a").resolve(left), new byte[7]);

    assertThat(store.unfinished("a", Instant.now().minusSeconds(60))).isEmpty();
    assertThat(store.unfinished("a", Instant.MAX))
        .containsExactly(new CheckpointStore.StoredFile(left, 7));
    assertThat(store.deleteUnfinished("a/" + left)).isTrue();
    assertThat(file).doesNotExist();
    assertThat(store.exists("a/whole")).isTrue();
  }
}
