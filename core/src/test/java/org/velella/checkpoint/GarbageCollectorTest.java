package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.save;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.checkpoint.Garbage.GarbageFile;
import org.velella.testkit.FailingCheckpointStore;
import org.velella.testkit.FailingCheckpointStore.Failure;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.Interleavings;
import org.velella.testkit.Interleavings.Turns;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.SteppedCheckpointStore;

@Tag("files")
class GarbageCollectorTest {
  private static final List<String> RECORDINGS = List.of("_attempts/spikes");
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Instant DAY_BEFORE = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final ManifestLog log = new ManifestLog(store);

  /** A run that has committed both ranges at each step from 1, keeping {@code keep} files. */
  private List<RangeEntry> run(int steps, int keep) throws IOException {
    ManifestHead head = log.commit(firstManifest());
    RangeEntry first = RangeEntry.fresh(FIRST);
    RangeEntry second = RangeEntry.fresh(SECOND);
    for (int step = 1; step <= steps; step++) {
      first = saveWithRecording(store, first, step);
      second = saveWithRecording(store, second, step);
      Adoption.Result found =
          new Adoption(store, keep).adopt(head.manifest(), Verification.HEADERS);
      head = log.commit(head.successor(found.ranges(), 10, WRITER));
    }
    return List.of(first, second);
  }

  private static RangeEntry saveWithRecording(
      MemoryCheckpointStore store, RangeEntry before, long step) throws IOException {
    RangeEntry saved = save(store, before, step);
    String recording = saved.recordings().get(saved.recordings().size() - 1).file();
    store.replace(recording, new byte[100]);
    return saved;
  }

  private static List<String> paths(Garbage garbage) {
    return garbage.files().stream().map(GarbageFile::path).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whatTheNewestManifestsNoLongerListIsSuperseded(int keep) throws IOException {
    List<RangeEntry> chains = run(8, keep);
    int manifests = Math.max(2, keep);
    // Nine manifests; the newest but m, of step 8 - m + 1, lists files down to 8 - m + 1 - keep +
    // 1.
    int oldestFile = 8 - manifests + 1 - keep + 1;

    Garbage garbage = new GarbageCollector(store, keep).superseded();

    List<String> expected = new ArrayList<>();
    for (RangeEntry chain : chains) {
      chain.files().stream()
          .filter(file -> file.step() < oldestFile)
          .forEach(file -> expected.add(path(file)));
    }
    expected.sort(null);
    for (int version = 1; version <= 9 - manifests; version++) {
      expected.add(ManifestLog.path(version));
    }
    assertThat(paths(garbage)).isEqualTo(expected);
    Map<String, byte[]> before = store.files();
    assertThat(garbage.bytes())
        .isEqualTo(expected.stream().mapToLong(path -> before.get(path).length).sum());
    assertThat(new GarbageCollector(store, keep).remove(garbage)).isEqualTo(garbage);
    assertThat(store.files().keySet()).doesNotContainAnyElementsOf(expected);
    assertThat(store.files()).hasSize(before.size() - expected.size());
    assertThat(new GarbageCollector(store, keep).superseded().files()).isEmpty();
    assertStillResumable(store, keep);
  }

  /** The newest state or manifest may be damaged, and the run goes on. */
  private static void assertStillResumable(MemoryCheckpointStore store, int keep)
      throws IOException {
    ManifestHead head = new ManifestLog(store).latest().orElseThrow();
    for (RangeEntry entry : head.manifest().ranges()) {
      for (int lost = 0; lost < entry.files().size(); lost++) {
        MemoryCheckpointStore damaged = store.copy();
        for (RangeFileRef file :
            entry.files().subList(entry.files().size() - lost, entry.files().size())) {
          byte[] bytes = damaged.file(path(file));
          bytes[bytes.length - 1] ^= 1;
          damaged.replace(path(file), bytes);
        }
        Adoption.Result found =
            new Adoption(damaged, keep).adopt(head.manifest(), Verification.DATA);
        assertThat(found.ranges())
            .filteredOn(now -> now.range().equals(entry.range()))
            .extracting(RangeEntry::step)
            .containsExactly(entry.files().get(entry.files().size() - 1 - lost).step());
      }
    }
    MemoryCheckpointStore damaged = store.copy();
    byte[] bytes = damaged.file(ManifestLog.path(head.manifest().version()));
    bytes[bytes.length / 2] ^= 1;
    damaged.replace(ManifestLog.path(head.manifest().version()), bytes);
    ManifestHead older = new ManifestLog(damaged).latest().orElseThrow();
    assertThat(older.manifest().version()).isEqualTo(head.manifest().version() - 1);
    assertThat(new Adoption(damaged, keep).adopt(older.manifest(), Verification.DATA).ranges())
        .extracting(RangeEntry::step)
        .isEqualTo(head.manifest().ranges().stream().map(RangeEntry::step).toList());
  }

  @Test
  void filesThatNobodyHasListedGoOnlyAtTheEndAndOnlyWhenOld() throws IOException {
    List<RangeEntry> chains = run(3, 3);
    RangeFileRef adoptable = newest(saveWithRecording(store, chains.get(0), 9));
    RangeFileRef duplicate = newest(save(store, chains.get(0).first(1), 2));
    RangeFileRef fresh = newest(save(store, chains.get(0).first(1), 2));
    store.touch(path(fresh), NOW);
    store.replace("_attempts/spikes/lost.parquet", new byte[50]);
    store.replace("_attempts/spikes/running.parquet", new byte[50]);
    store.touch("_attempts/spikes/running.parquet", NOW);
    store.replace("_attempts/other/unasked.parquet", new byte[50]);
    store.replace("checkpoint/manifests/00000000000000000009.part-00000.json", new byte[5]);
    GarbageCollector collector = new GarbageCollector(store, 3);

    assertThat(paths(collector.superseded())).containsExactly(ManifestLog.path(1));
    Garbage all = collector.everything(RECORDINGS, DAY_BEFORE);

    assertThat(paths(all))
        .containsExactly(
            path(duplicate),
            "_attempts/spikes/lost.parquet",
            "checkpoint/manifests/00000000000000000009.part-00000.json",
            ManifestLog.path(1));
    collector.remove(all);
    ManifestHead head = log.latest().orElseThrow();
    Adoption.Result found = new Adoption(store).adopt(head.manifest(), Verification.DATA);
    assertThat(found.ranges().get(0).current()).contains(adoptable);
    assertThat(collector.everything(RECORDINGS, DAY_BEFORE).files()).isEmpty();
  }

  @Test
  void aStoreWithoutAgesKeepsWhatNobodyHasListed() throws IOException {
    List<RangeEntry> chains = run(4, 1);
    save(store, chains.get(0).first(1), 2);
    CheckpointStore ageless = new AgelessStore(store);

    assertThat(paths(new GarbageCollector(ageless, 1).everything(RECORDINGS, NOW)))
        .isEqualTo(paths(new GarbageCollector(store, 1).superseded()));
    assertThat(new GarbageCollector(new MemoryCheckpointStore(), 1).everything(RECORDINGS, NOW))
        .isEqualTo(Garbage.NONE);
  }

  @Test
  void whatWasCommittedSinceIsNotRemoved() throws IOException {
    List<RangeEntry> chains = run(5, 1);
    GarbageCollector collector = new GarbageCollector(store, 1);
    Garbage garbage = collector.superseded();
    RangeEntry old = chains.get(0).first(2);
    assertThat(paths(garbage)).contains(path(newest(old)));
    ManifestHead head = log.latest().orElseThrow();
    List<RangeEntry> fallenBack = List.of(old.newest(1), head.manifest().ranges().get(1));
    log.commit(head.successor(fallenBack, 10, WRITER));

    assertThat(paths(collector.remove(garbage))).doesNotContain(path(newest(old)));
    assertThat(store.exists(path(newest(old)))).isTrue();
  }

  /** A task saves more between two commits than is kept. */
  @Test
  void whatWasSavedAndPassedByBetweenTwoCommitsIsSuperseded() throws IOException {
    ManifestHead head = log.commit(Manifest.first(RUN, 3, 100, 3, WRITER));
    Adoption adoption = new Adoption(store, 2);
    GarbageCollector collector = new GarbageCollector(store, 2);
    RangeEntry chain = RangeEntry.fresh(FIRST);
    for (int commit = 1; commit <= 3; commit++) {
      for (int i = 0; i < 7; i++) {
        chain = save(store, chain, chain.step() + 1);
      }
      RangeEntry lost = save(store, chain.first(2), 3);
      Adoption.Result found = adoption.adopt(head.manifest(), Verification.HEADERS);
      head = log.commit(head.successor(found.ranges(), 100, WRITER));
      collector.remove(collector.superseded(adoption.takePassed()));
      assertThat(head.manifest().ranges()).containsExactly(chain.newest(2));
      assertThat(store.exists(path(newest(lost)))).isTrue();
      assertThat(adoption.takePassed()).isEmpty();
    }
    List<String> kept = new ArrayList<>();
    for (int step : new int[] {13, 14, 20, 21}) {
      kept.add(chain.files().get(step - 1).file());
    }
    assertThat(store.list(RangeFileName.DIRECTORY))
        .extracting(CheckpointStore.StoredFile::name)
        .filteredOn(name -> RangeFileName.require(name).step() != 3)
        .containsExactlyElementsOf(kept);
  }

  /** A copy of a task runs far ahead and dies; whatever was collected, the slow original counts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void attemptThatWasOvertakenIsNotLost(int keep) throws IOException {
    ManifestHead head = log.commit(Manifest.first(RUN, 3, 100, 3, WRITER));
    RangeEntry original = save(store, RangeEntry.fresh(FIRST), 5);
    head = commitAndCollect(head, keep);
    RangeEntry copy = original;
    for (int step = 10; step <= 40; step += 5) {
      copy = save(store, copy, step);
      head = commitAndCollect(head, keep);
    }
    assertThat(store.exists(path(newest(original)))).isFalse();
    for (int step = 10; step <= 100; step += 5) {
      original = save(store, original, step);
      head = commitAndCollect(head, keep);
    }

    assertThat(head.manifest().ranges()).containsExactly(original.newest(keep));
  }

  private ManifestHead commitAndCollect(ManifestHead head, int keep) throws IOException {
    Adoption.Result found = new Adoption(store, keep).adopt(head.manifest(), Verification.HEADERS);
    if (!found.changed()) {
      return head;
    }
    ManifestHead next = log.commit(head.successor(found.ranges(), 100, WRITER));
    GarbageCollector collector = new GarbageCollector(store, keep);
    collector.remove(collector.superseded());
    return next;
  }

  /** Whatever call fails, before or after its effect: the rest goes the next time. */
  @ParameterizedTest
  @EnumSource
  void aCollectionThatFailsAnywhereIsFinishedByTheNext(Failure failure) throws IOException {
    run(6, 2);
    MemoryCheckpointStore done = store.copy();
    FailingCheckpointStore counter = new FailingCheckpointStore(done, failure, 0);
    collect(counter);
    for (int k = 1; k <= counter.calls(); k++) {
      MemoryCheckpointStore copy = store.copy();
      try {
        collect(new FailingCheckpointStore(copy, failure, k));
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("call " + k);
      }
      assertStillResumable(copy, 2);
      collect(copy);
      assertThat(copy.files().keySet()).as("after call %d", k).isEqualTo(done.files().keySet());
    }
  }

  private static void collect(CheckpointStore store) throws IOException {
    GarbageCollector collector = new GarbageCollector(store, 2);
    collector.remove(collector.superseded());
  }

  /** A driver that commits slowly while another process collects, in every order of their calls. */
  @Test
  void aCollectorThatRacesWithAWriterTakesNothingThatIsListed() throws Exception {
    run(3, 1);
    MemoryCheckpointStore begun = store.copy();
    List<StoredRange> later = new ArrayList<>();
    RangeEntry entry = log.latest().orElseThrow().manifest().ranges().get(0);
    for (int step = 4; step <= 5; step++) {
      entry = save(store, entry, step);
      later.add(new StoredRange(path(newest(entry)), store.file(path(newest(entry)))));
    }

    Interleavings.Count count = Interleavings.explore(() -> new Race(begun.copy(), later));

    assertThat(count.endings()).isGreaterThan(20);
  }

  private record StoredRange(String path, byte[] bytes) {}

  private record Race(MemoryCheckpointStore store, List<StoredRange> later)
      implements Interleavings.World {
    @Override
    public List<Callable<Object>> tasks(Turns turns) {
      CheckpointStore stepped = new Coarse(new SteppedCheckpointStore(store, turns), store);
      return List.of(
          () -> {
            ManifestLog log = new ManifestLog(stepped);
            Adoption adoption = new Adoption(stepped, 1);
            ManifestHead head = log.latest().orElseThrow();
            TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "slow"));
            for (StoredRange range : later) {
              stepped.createUnique(range.path(), out -> out.write(range.bytes()));
              Adoption.Result found = adoption.adopt(head.manifest(), Verification.HEADERS);
              head = log.commit(head.successor(found.ranges(), 10, writer));
            }
            return head;
          },
          () -> {
            GarbageCollector collector = new GarbageCollector(stepped, 1);
            return collector.remove(collector.superseded());
          });
    }

    @Override
    public String state() {
      StringBuilder state = new StringBuilder();
      store.list(ManifestLog.DIRECTORY).forEach(file -> state.append(file.name()));
      store.list(RangeFileName.DIRECTORY).forEach(file -> state.append(file.name()));
      return state.toString();
    }

    @Override
    public void atEveryState() {
      try {
        ManifestLog log = new ManifestLog(store);
        long newest = log.latest().orElseThrow().manifest().version();
        for (long version = newest - 1; version <= newest; version++) {
          for (RangeEntry entry : log.manifest(version).ranges()) {
            RangeFile.read(store, RUN, newest(entry));
          }
        }
      } catch (IOException | CheckpointException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void atTheEnd(List<Object> outcomes) {
      assertThat(outcomes.get(0)).isInstanceOf(ManifestHead.class);
      assertThat(outcomes.get(1)).isInstanceOf(Garbage.class);
      assertThat(((ManifestHead) outcomes.get(0)).manifest().ranges().get(0).step()).isEqualTo(5);
    }
  }

  /** Published recordings are judged by the same manifests as those with the attempts. */
  @Test
  void publishedRecordingsThatNoKeptManifestListsGo() throws IOException {
    RangeEntry first = run(2, 2).get(0);
    String kept = first.recordings().get(0).publishedFile();
    String own = "spikes/mine.parquet";
    String stray = "spikes/" + RecordingName.create(FIRST, 0, 1);
    for (String file : List.of(kept, own, stray)) {
      store.replace(file, new byte[10]);
    }
    GarbageCollector collector = new GarbageCollector(store, 2);

    assertThat(paths(collector.everything(List.of(), List.of("spikes"), NOW)))
        .containsExactly(stray, ManifestLog.path(1));
    assertThat(paths(collector.everything(List.of(), List.of("spikes"), Instant.EPOCH)))
        .containsExactly(ManifestLog.path(1));

    ManifestHead head = log.latest().orElseThrow();
    for (int i = 0; i < 2; i++) {
      List<RangeEntry> others = List.of(RangeEntry.fresh(FIRST).append(newest(first), List.of()));
      head = log.commit(head.successor(others, 10, WRITER));
    }
    assertThat(paths(collector.superseded())).contains(kept).doesNotContain(own, stray);
  }

  /** Does not wait to read range files, which never change: only their deletion matters. */
  private static final class Coarse extends ForwardingCheckpointStore {
    private final MemoryCheckpointStore direct;

    Coarse(CheckpointStore stepped, MemoryCheckpointStore direct) {
      super(stepped);
      this.direct = direct;
    }

    @Override
    public StoredInput open(String path) throws IOException {
      return direct.open(path);
    }
  }

  /** A store that cannot tell when a file was written. */
  private static final class AgelessStore extends ForwardingCheckpointStore {
    AgelessStore(CheckpointStore delegate) {
      super(delegate);
    }

    @Override
    public Optional<Instant> modified(String path) {
      return Optional.empty();
    }
  }
}
