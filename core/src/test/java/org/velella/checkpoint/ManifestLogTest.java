package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.FailingCheckpointStore;
import org.velella.testkit.FailingCheckpointStore.Failure;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.MemoryCheckpointStore;

class ManifestLogTest {
  private static final int THREADS = 8;

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final ManifestLog log = new ManifestLog(store);

  private ManifestHead commitNext(ManifestHead head) throws IOException {
    return log.commit(head.successor(head.manifest().ranges(), 20, WRITER));
  }

  private void damage(long version) {
    byte[] bytes = store.files().get(ManifestLog.path(version));
    bytes[bytes.length / 2] ^= 4;
    store.replace(ManifestLog.path(version), bytes);
  }

  @Test
  void emptyDirectoryHasNoManifest() throws IOException {
    assertThat(log.latest()).isEmpty();
  }

  @Test
  void latestIsTheLastCommitted() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    RangeEntry saved = saveChain(store, FIRST, 2);
    ManifestHead second = log.commit(first.successor(List.of(saved), 10, WRITER));

    assertThat(log.latest()).contains(second);
    assertThat(second.manifest().version()).isEqualTo(2);
    assertThat(second.manifest().parent()).isEqualTo(new Manifest.Parent(1, first.crc32c()));
    assertThat(second.manifest().ranges()).containsExactly(saved);
    assertThat(log.manifest(1)).isEqualTo(firstManifest());
    assertThat(store.files()).containsKey("checkpoint/manifests/00000000000000000002.json");
    assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> log.manifest(3));
  }

  @Test
  void damagedNewestManifestFallsBackAndItsNumberIsNotUsedAgain() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    commitNext(first);
    damage(2);

    ManifestHead head = log.latest().orElseThrow();

    assertThat(head.manifest()).isEqualTo(firstManifest());
    assertThat(head.nextVersion()).isEqualTo(3);
    assertThat(head.warnings())
        .singleElement()
        .asString()
        .contains("memory/" + ManifestLog.path(2) + " is damaged")
        .contains("CRC32C");
    ManifestHead third = commitNext(head);
    assertThat(third.manifest().parent().version()).isEqualTo(1);
    assertThat(log.latest()).contains(third);
  }

  @Test
  void withoutASoundManifestTheRunIsRefusedRatherThanRestarted() throws IOException {
    commitNext(log.commit(firstManifest()));
    damage(1);
    damage(2);

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(log::latest)
        .withMessageContaining("None of the 2 manifests of memory can be read")
        .withMessageContaining(ManifestLog.path(1))
        .withMessageContaining(ManifestLog.path(2));
  }

  @Test
  void newerFormatIsNotPassedOver() throws IOException {
    commitNext(log.commit(firstManifest()));
    String text = new String(store.files().get(ManifestLog.path(2)), UTF_8);
    store.replace(
        ManifestLog.path(2), ManifestTest.sealed(text.replace("\"major\":1", "\"major\":3")));

    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(log::latest)
        .withMessageContaining(ManifestLog.path(2));
  }

  @Test
  void filesWithOtherNamesAreNotManifests() throws IOException {
    log.commit(firstManifest());
    byte[] bytes = store.files().get(ManifestLog.path(1));
    store.replace("checkpoint/manifests/2.json", bytes);
    store.replace("checkpoint/manifests/99999999999999999999.json", bytes);
    store.replace("checkpoint/manifests/00000000000000000000.json", bytes);
    store.replace("checkpoint/manifests/00000000000000000002.json-old", bytes);

    assertThat(log.latest().orElseThrow().nextVersion()).isEqualTo(2);
  }

  @Test
  void versionsHaveNoGaps() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    Manifest later =
        new Manifest(
            3,
            new Manifest.Parent(1, first.crc32c()),
            first.manifest().run(),
            5,
            10,
            3,
            WRITER,
            List.of());

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> log.commit(later))
        .withMessageContaining("before manifest 2");
  }

  @Test
  void takenVersionIsAFailedCommit() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    commitNext(first);
    Manifest late = first.successor(List.of(), 10, new TreeMap<>(Map.of("attempt", "driver-2")));

    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> log.commit(late))
        .withMessageContaining(ManifestLog.path(2))
        .withMessageContaining("another writer");
    assertThat(log.latest().orElseThrow().manifest().writer()).isEqualTo(WRITER);
  }

  private void commitAndCollect(ManifestHead first, Selection selection, int times)
      throws IOException {
    ManifestLog other = new ManifestLog(store);
    ManifestHead head = first;
    for (int i = 0; i < times; i++) {
      TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "driver-2"));
      head = other.commit(head.successor(head.manifest().ranges(), 10, writer, selection));
    }
    GarbageCollector collector = new GarbageCollector(store, 2);
    collector.remove(collector.superseded());
  }

  @Test
  void aNumberThatWasCollectedIsStillTaken() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    commitAndCollect(first, Selection.all(), 5);
    assertThat(store.exists(ManifestLog.path(2))).isFalse();

    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> commitNext(first))
        .withMessageContaining("another writer");
    assertThat(store.exists(ManifestLog.path(2))).isFalse();
  }

  @Test
  void aNumberThatIsCollectedWhileItIsCommittedIsStillTaken() throws IOException {
    ManifestHead first = log.commit(firstManifest());
    RangeEntry saved = saveChain(store, FIRST, 2);
    TwoStepStore late = new TwoStepStore(store);
    ManifestLog slow = new ManifestLog(late);
    late.beforeCreation =
        () -> {
          late.beforeCreation = () -> {};
          commitAndCollect(first, Selection.all(), 5);
        };

    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> slow.commit(first.successor(List.of(saved), 10, WRITER)))
        .withMessageContaining(ManifestLog.path(6));
    assertThat(log.latest().orElseThrow().manifest().version()).isEqualTo(6);
    assertThat(log.latest().orElseThrow().manifest().ranges()).isEmpty();
  }

  @Test
  void ofCollectedManifestsOnlyThatNothingChangedMustBeKnown() throws IOException {
    Selection mine = Selection.of(List.of(FIRST));
    Selection theirs = Selection.of(List.of(Fixtures.SECOND));
    RangeEntry saved = saveChain(store, FIRST, 2);
    ManifestHead first = log.commit(firstManifest());
    commitAndCollect(first, theirs, 5);

    ManifestHead head = log.commit(first.successor(List.of(saved), 10, WRITER, mine));

    assertThat(head.manifest().version()).isEqualTo(7);
    assertThat(head.manifest().parent().version()).isEqualTo(6);
    assertThat(head.manifest().ranges()).containsExactly(saved);
    // A log that has not seen the parent cannot tell.
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(
            () -> new ManifestLog(store).commit(first.successor(List.of(saved), 10, WRITER, mine)));
  }

  @Test
  void laterTargetsOfOthersStay() throws IOException {
    Selection mine = Selection.of(List.of(FIRST));
    ManifestHead first = log.commit(firstManifest());
    new ManifestLog(store)
        .commit(first.successor(List.of(), 30, WRITER, Selection.of(List.of(Fixtures.SECOND))));
    TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "driver-2"));

    ManifestHead second = log.commit(first.successor(List.of(), 10, writer, mine));

    assertThat(second.manifest().targetSteps()).isEqualTo(30);
    assertThat(second.successor(List.of(), 10, writer, mine).targetSteps()).isEqualTo(30);
  }

  /** Lets a test act between the look and the leap. */
  private static final class TwoStepStore extends ForwardingCheckpointStore {
    private interface Action {
      void run() throws IOException;
    }

    private Action beforeCreation = () -> {};

    TwoStepStore(CheckpointStore delegate) {
      super(delegate);
    }

    @Override
    public boolean createExclusive(String path, byte[] bytes) throws IOException {
      beforeCreation.run();
      return super.createExclusive(path, bytes);
    }
  }

  @Test
  void ownManifestFoundAgainIsACommit() throws IOException {
    log.commit(firstManifest());

    assertThat(log.commit(firstManifest()).nextVersion()).isEqualTo(2);
  }

  @Test
  void lostAnswerIsSettledByReadingBack() throws IOException {
    ManifestHead head =
        new ManifestLog(new FailingCheckpointStore(store, Failure.AFTER, 1))
            .commit(firstManifest());

    assertThat(log.latest()).contains(head);
  }

  @Test
  void lostAnswerToALostRaceIsAFailedCommit() throws IOException {
    log.commit(firstManifest());
    Manifest mine =
        Manifest.first(Fixtures.RUN, 5, 10, 3, new TreeMap<>(Map.of("attempt", "driver-2")));

    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(
            () ->
                new ManifestLog(new FailingCheckpointStore(store, Failure.AFTER, 1)).commit(mine));
  }

  @Test
  void silentStoreLeavesTheOutcomeUnknown() throws IOException {
    assertThatExceptionOfType(CommitStateUnknownException.class)
        .isThrownBy(
            () ->
                new ManifestLog(new FailingCheckpointStore(store, Failure.DEAD_AFTER, 1))
                    .commit(firstManifest()))
        .withMessageContaining(ManifestLog.path(1))
        .withMessageContaining("unknown");
    assertThat(log.latest().orElseThrow().manifest()).isEqualTo(firstManifest());
  }

  /** Does or does not create a manifest, tells neither, and shows nothing, until it is mended. */
  private static final class SilentStore extends ForwardingCheckpointStore {
    private final boolean creates;
    private boolean silent = true;

    SilentStore(CheckpointStore delegate, boolean creates) {
      super(delegate);
      this.creates = creates;
    }

    @Override
    public boolean createExclusive(String path, byte[] bytes) throws IOException {
      if (silent) {
        if (creates) {
          super.createExclusive(path, bytes);
        }
        throw new UnknownOutcomeException("no answer", null);
      }
      return super.createExclusive(path, bytes);
    }

    @Override
    public StoredInput open(String path) throws IOException {
      if (silent) {
        throw new IOException("no answer");
      }
      return super.open(path);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writerThatWasNotToldGoesOnOnceItCan(boolean creates) throws IOException {
    ManifestHead first = log.commit(firstManifest());
    RangeEntry one = Fixtures.save(store, RangeEntry.fresh(FIRST), 1);
    RangeEntry two = Fixtures.save(store, one, 2);
    SilentStore silent = new SilentStore(store, creates);
    ManifestLog mine = new ManifestLog(silent);
    assertThatExceptionOfType(CommitStateUnknownException.class)
        .isThrownBy(() -> mine.commit(first.successor(List.of(one), 10, WRITER)));
    silent.silent = false;

    ManifestHead next = mine.commit(first.successor(List.of(two), 10, WRITER));

    assertThat(next.manifest().version()).isEqualTo(creates ? 3 : 2);
    assertThat(next.manifest().ranges()).containsExactly(two);
    assertThat(log.latest()).contains(next);
    TreeMap<String, String> other = new TreeMap<>(Map.of("attempt", "driver-2"));
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> mine.commit(first.successor(List.of(two), 10, other)));
  }

  @Test
  void refusedCallCommitsNothing() throws IOException {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                new ManifestLog(new FailingCheckpointStore(store, Failure.DEAD_BEFORE, 1))
                    .commit(firstManifest()))
        .withMessageContaining("call 1 failed");
    assertThat(log.latest()).isEmpty();
  }

  @Test
  void exactlyOneOfManyDriversCommitsEachVersion(@TempDir Path directory) throws Exception {
    ManifestLog shared = new ManifestLog(new LocalCheckpointStore(directory));
    ManifestHead head = shared.commit(firstManifest());
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < 40; round++) {
        ManifestHead base = head;
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Callable<ManifestHead>> drivers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "driver-" + i));
          drivers.add(
              () -> {
                start.await();
                try {
                  return shared.commit(base.successor(List.of(), 10, writer));
                } catch (CommitFailedException e) {
                  return null;
                }
              });
        }
        List<ManifestHead> winners = new ArrayList<>();
        for (Future<ManifestHead> driver : pool.invokeAll(drivers)) {
          if (driver.get() != null) {
            winners.add(driver.get());
          }
        }
        assertThat(winners).as("winners of round %d", round).hasSize(1);
        head = winners.get(0);
        assertThat(shared.latest()).contains(head);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
