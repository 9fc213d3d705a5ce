package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** As of a cleaner whose clock has jumped a day. */
  @Test
  void whatACleanerTakesFromALivingDriverIsWrittenAgain() throws IOException {
    CheckpointStore store = emptyStore();
    Instant tomorrow = Instant.now().plusSeconds(24 * 60 * 60);
    int[] left = new int[1];
    FakeHdfs.faults("contract")
        .observe(
            (phase, name) -> {
              if (phase == StoreFaults.Phase.BEFORE
                  && name.startsWith("rename to ")
                  && left[0]-- > 0) {
                clean(store, tomorrow);
              }
            });
    try {
      left[0] = 2;
      assertThat(store.createExclusive("a/lease", new byte[] {1})).isTrue();
      left[0] = 2;
      store.replace("a/lease", new byte[] {2});
      assertThat(Files.readAllBytes(folder.resolve("run/a/lease"))).containsExactly(2);
      left[0] = 1;
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> store.createUnique("a/state", out -> out.write(1)));
      assertThat(store.list("a")).hasSize(1);
    } finally {
      FakeHdfs.faults("contract").observe((phase, name) -> {});
    }
  }

  private static void clean(CheckpointStore store, Instant before) {
    try {
      for (CheckpointStore.StoredFile file : store.unfinished("a", before)) {
        store.deleteUnfinished("a/" + file.name());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As where replacing is removing and renaming, of which the second fails. */
  @Test
  void whatIsReplacedIsThereThoughTheOldOneWasRemovedFirst() throws IOException {
    CheckpointStore store = emptyStore();
    Path file = folder.resolve("run/a/lease");
    StoreFaults faults = FakeHdfs.faults("contract");
    store.replace("a/lease", new byte[] {1});
    faults.failAt(StoreFaults.Kind.BEFORE, 0);
    store.replace("a/lease", new byte[] {2});
    long last = faults.requests();
    try {
      faults.failAt(StoreFaults.Kind.BEFORE, last);
      faults.observe(
          (phase, name) -> {
            // After the last request before the one that fails.
            if (phase == StoreFaults.Phase.AFTER && faults.requests() == last - 1) {
              file.toFile().delete();
            }
          });
      store.replace("a/lease", new byte[] {3});
      assertThat(faults.failed()).startsWith("rename to ");
      assertThat(Files.readAllBytes(file)).containsExactly(3);

      // The old one is there, so nobody hides that the new one is not.
      faults.observe((phase, name) -> {});
      faults.failAt(StoreFaults.Kind.BEFORE, last);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> store.replace("a/lease", new byte[] {4}));
      assertThat(Files.readAllBytes(file)).containsExactly(3);
    } finally {
      faults.observe((phase, name) -> {});
      faults.heal();
    }
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
