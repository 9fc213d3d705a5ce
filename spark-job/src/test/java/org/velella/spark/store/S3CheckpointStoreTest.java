package org.velella.spark.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.ExclusiveCreateUnsupportedException;
import org.velella.checkpoint.UnknownOutcomeException;
import org.velella.spark.store.StoreFaults.Kind;
import org.velella.testkit.CheckpointStoreContract;

class S3CheckpointStoreTest extends CheckpointStoreContract {
  private static final String BUCKET = "contract";
  private static final String NAME = "checkpoint/manifests/00000000000000000001.json";
  private static final byte[] BYTES = "mine".getBytes(UTF_8);

  private final StoreFaults faults = FakeS3.faults(BUCKET);
  private CheckpointStore store;

  private static CheckpointStore store(Configuration conf) throws IOException {
    Path root = new Path("s3a://" + BUCKET + "/some/run");
    return new S3CheckpointStore(root.getFileSystem(conf), root);
  }

  @Override
  protected CheckpointStore emptyStore() throws IOException {
    FakeS3.clear(BUCKET);
    return store(FakeS3.configure(new Configuration()));
  }

  @BeforeEach
  void emptyBucket() throws IOException {
    faults.failAt(Kind.BEFORE, 0);
    store = emptyStore();
  }

  @Test
  void refusesAHadoopThatCannotCreateConditionally() {
    Configuration old = FakeS3.configure(new Configuration());
    old.setBoolean(FakeS3.OLD, true);
    old.setBoolean("fs.s3a.impl.disable.cache", true);
    assertThatExceptionOfType(ExclusiveCreateUnsupportedException.class)
        .isThrownBy(() -> store(old))
        .withMessageContainingAll("s3a://contract/some/run", "3.4.2", "--output");
  }

  /** 503: nothing happened, so it is tried again. */
  @Test
  void refusedUploadIsRepeated() throws IOException {
    faults.failAt(Kind.BEFORE, 1);
    assertThat(store.createExclusive(NAME, BYTES)).isTrue();
    assertThat(FakeS3.keys(BUCKET)).containsExactly("/some/run/" + NAME);
  }

  /** The object is there, though nobody said so. */
  @Test
  void lostAnswerIsFoundOut() throws IOException {
    faults.failAt(Kind.AFTER, 1);
    assertThat(store.createExclusive(NAME, BYTES)).isTrue();
    faults.failAt(Kind.AFTER, 1);
    store.createUnique("checkpoint/ranges/a", out -> out.write(BYTES));
    assertThat(store.exists("checkpoint/ranges/a")).isTrue();
  }

  /** The first upload arrives while the second is on its way, which S3 then refuses: 412, 409. */
  @Test
  void lateUploadIsStillOurs() throws IOException {
    faults.failAt(Kind.LATE, 1);
    assertThat(store.createExclusive(NAME, BYTES)).isTrue();
    assertThat(store.createExclusive(NAME, BYTES)).isFalse();
  }

  /** Equal bytes are no proof of having won. */
  @Test
  void answerLostByTheLoserIsNotAWin() throws IOException {
    assertThat(store.createExclusive(NAME, BYTES)).isTrue();
    faults.failAt(Kind.AFTER, 1);
    assertThat(store.createExclusive(NAME, BYTES)).isFalse();
    faults.failAt(Kind.AFTER, 1);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.createUnique(NAME, out -> out.write(BYTES)));
  }

  @Test
  void unknownIsSaidToBeUnknown() throws IOException {
    FakeS3.faults(BUCKET).failFrom(1);
    assertThatExceptionOfType(UnknownOutcomeException.class)
        .isThrownBy(() -> store.createExclusive(NAME, BYTES))
        .withMessageContainingAll(NAME, "unknown");
  }

  /** The copy is there, the original too: whoever publishes finds both and goes on. */
  @Test
  void brokenMoveLeavesTheCopyWhole() throws IOException {
    store.createUnique("_attempts/a", out -> out.write(BYTES));
    faults.failAt(Kind.BEFORE, 4);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.rename("_attempts/a", "spikes/a"));
    assertThat(store.exists("spikes/a")).isTrue();
    assertThat(store.exists("_attempts/a")).isTrue();
  }
}
