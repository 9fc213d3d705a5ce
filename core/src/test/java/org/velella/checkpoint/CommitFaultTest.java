package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;
import static org.velella.checkpoint.Fixtures.state;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.testkit.FailingCheckpointStore;
import org.velella.testkit.FailingCheckpointStore.Failure;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.MemoryCheckpointStore;

/** A checkpoint is complete or absent, wherever the storage or the process fails. */
class CommitFaultTest {
  /** A run whose first range is committed at step 2. */
  private static MemoryCheckpointStore oldCheckpoint() throws IOException {
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.commit(firstManifest());
    log.commit(head.successor(List.of(saveChain(store, FIRST, 2)), 10, WRITER));
    return store;
  }

  /** What executors and the driver do from one checkpoint to the next. */
  private static ManifestHead nextCheckpoint(CheckpointStore store) throws IOException {
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.latest().orElseThrow();
    save(store, head.manifest().allRanges().get(0), 4);
    saveChain(store, SECOND, 4);
    Adoption.Result adopted = new Adoption(store).adopt(head.manifest(), Verification.DATA);
    ManifestHead next = log.commit(head.successor(adopted.ranges(), 10, WRITER));
    GarbageCollector collector = new GarbageCollector(store, 2);
    collector.remove(collector.superseded());
    return next;
  }

  @ParameterizedTest
  @EnumSource
  void afterAnyFailureTheOldOrTheNewCheckpointIsThere(Failure failure) throws IOException {
    FailingCheckpointStore counter = new FailingCheckpointStore(oldCheckpoint(), failure, 0);
    nextCheckpoint(counter);
    assertThat(counter.calls()).isGreaterThan(16);
    for (int k = 1; k <= counter.calls(); k++) {
      MemoryCheckpointStore store = oldCheckpoint();
      boolean told;
      try {
        nextCheckpoint(new FailingCheckpointStore(store, failure, k));
        told = true;
      } catch (IOException | CheckpointException e) {
        told = false;
      }
      assertSound(store, told, failure + " at call " + k);
    }
  }

  private static void assertSound(CheckpointStore store, boolean told, String what)
      throws IOException {
    ManifestHead head = new ManifestLog(store).latest().orElseThrow();
    assertThat(head.warnings()).as(what).isEmpty();
    long version = head.manifest().version();
    assertThat(version).as(what).isBetween(told ? 3L : 2L, 3L);
    List<Long> steps = head.manifest().allRanges().stream().map(RangeEntry::step).toList();
    assertThat(steps).as(what).isEqualTo(version == 2 ? List.of(2L, 0L) : List.of(4L, 4L));
    for (RangeEntry entry : head.manifest().ranges()) {
      RangeState read = RangeFile.read(store, RUN, newest(entry));
      assertThat(Fixtures.sameState(read, state(entry.range(), entry.step()))).as(what).isTrue();
      assertThat(entry.recordings()).as(what).hasSameSizeAs(entry.files());
    }
    ManifestHead again = nextAfterRestart(store);
    assertThat(again.manifest().allRanges())
        .as(what)
        .extracting(RangeEntry::step)
        .containsExactly(4L, 4L);
  }

  /** The same command again: adopts what is there and does the rest. */
  private static ManifestHead nextAfterRestart(CheckpointStore store) throws IOException {
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.latest().orElseThrow();
    List<RangeEntry> ranges =
        new Adoption(store).adopt(head.manifest(), Verification.DATA).ranges();
    ManifestHead adopted = log.commit(head.successor(ranges, 10, WRITER));
    for (RangeEntry entry : adopted.manifest().allRanges()) {
      if (entry.step() < 4) {
        save(store, entry, 4);
      }
    }
    List<RangeEntry> all =
        new Adoption(store).adopt(adopted.manifest(), Verification.HEADERS).ranges();
    return log.commit(adopted.successor(all, 10, WRITER));
  }

  @Test
  void contentThatFailsHalfwayLeavesNoRangeFile() throws IOException {
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    CheckpointStore full = new FullStore(store, 600);
    try {
      saveChain(full, FIRST, 2);
    } catch (IOException e) {
      assertThat(e).hasMessage("No space left on device");
    }
    assertThat(store.files()).isEmpty();
    assertThat(new Adoption(store).adopt(firstManifest(), Verification.DATA).ranges()).isEmpty();
  }

  /** A disk that holds only the beginning of a file. */
  private static final class FullStore extends ForwardingCheckpointStore {
    private final int room;

    FullStore(CheckpointStore delegate, int room) {
      super(delegate);
      this.room = room;
    }

    @Override
    public void createUnique(String path, Content content) throws IOException {
      super.createUnique(
          path,
          out ->
              content.writeTo(
                  new java.io.FilterOutputStream(out) {
                    private int written;

                    @Override
                    public void write(byte[] bytes, int from, int count) throws IOException {
                      written += count;
                      if (written > room) {
                        throw new IOException("No space left on device");
                      }
                      out.write(bytes, from, count);
                    }
                  }));
    }
  }
}
