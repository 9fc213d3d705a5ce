package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.testkit.FailingCheckpointStore;
import org.velella.testkit.FailingCheckpointStore.Failure;
import org.velella.testkit.Interleavings;
import org.velella.testkit.Interleavings.Turns;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.SteppedCheckpointStore;
import org.velella.testkit.SteppedCheckpointStore.Loses;

/**
 * Two drivers on one run, in every order that their calls of the store can have. {@code
 * -Dvelella.commits=2} lets each commit once more, which takes minutes.
 */
@Tag("files")
class TwoWritersTest {
  private static final Selection ONE = Selection.of(List.of(FIRST));
  private static final Selection TWO = Selection.of(List.of(SECOND));

  /** A run whose ranges have been saved at steps 2 and 4, of which no manifest knows yet. */
  private static final MemoryCheckpointStore SAVED = new MemoryCheckpointStore();

  private static final Map<SampleRange, RangeEntry> CHAINS = new TreeMap<>();

  static {
    try {
      for (SampleRange range : List.of(FIRST, SECOND)) {
        CHAINS.put(range, saveChain(SAVED, range, 2, 4));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Drivers that each commit their ranges at step 2 and then at step 4. */
  private static class Drivers implements Interleavings.World {
    final MemoryCheckpointStore store = SAVED.copy();
    final List<Selection> selections;
    final Map<SampleRange, Long> told = new TreeMap<>();

    /** The call of the first driver that fails, and how. */
    Failure failure = Failure.BEFORE;

    int failing;

    /** What becomes of its first commit. */
    Loses loses = Loses.NOTHING;

    /** How often each driver commits. */
    int commits = Integer.getInteger("velella.commits", 1);

    Drivers(Selection... selections) {
      this.selections = List.of(selections);
    }

    @Override
    public List<Callable<Object>> tasks(Turns turns) {
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int i = 0; i < selections.size(); i++) {
        CheckpointStore stepped =
            new SteppedCheckpointStore(store, turns, i == 0 ? loses : Loses.NOTHING);
        CheckpointStore own =
            i == 0 ? new FailingCheckpointStore(stepped, failure, failing) : stepped;
        int driver = i;
        tasks.add(() -> drive(own, driver));
      }
      return tasks;
    }

    private ManifestHead drive(CheckpointStore own, int driver) throws IOException {
      TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "driver-" + driver));
      Selection selection = selections.get(driver);
      ManifestLog log = new ManifestLog(own);
      ManifestHead head = log.latest().orElse(null);
      if (head == null) {
        head = log.commit(Manifest.first(RUN, 5, 10, 3, writer, selection));
      }
      for (int files = 3 - commits; files <= 2; files++) {
        List<RangeEntry> ranges = new ArrayList<>(head.manifest().ranges());
        ranges.removeIf(entry -> selection.contains(entry.range()));
        for (RangeEntry chain : CHAINS.values()) {
          if (selection.contains(chain.range())) {
            ranges.add(chain.first(files));
          }
        }
        ranges.sort(RangeEntry.BY_RANGE);
        head = log.commit(head.successor(ranges, 10, writer, selection));
        for (RangeEntry entry : ranges) {
          if (selection.contains(entry.range())) {
            told.merge(entry.range(), entry.step(), Math::max);
          }
        }
      }
      return head;
    }

    @Override
    public String state() {
      StringBuilder state = new StringBuilder();
      for (CheckpointStore.StoredFile file : store.list(ManifestLog.DIRECTORY)) {
        byte[] bytes = store.file(ManifestLog.DIRECTORY + "/" + file.name());
        state.append(file.name()).append(Arrays.hashCode(bytes));
      }
      return state.append(told).toString();
    }

    @Override
    public void atEveryState() {
      try {
        ManifestHead head = new ManifestLog(store).latest().orElse(null);
        assertThat(head == null ? List.of() : head.warnings()).isEmpty();
        told.forEach(
            (range, step) ->
                assertThat(head.manifest().entry(range).step())
                    .as("%s of %s, of which its driver was told", range, head.manifest())
                    .isGreaterThanOrEqualTo(step));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void atTheEnd(List<Object> outcomes) {
      assertThat(outcomes).allMatch(ManifestHead.class::isInstance);
      assertComplete(outcomes);
    }

    final void assertComplete(List<Object> outcomes) {
      try {
        Manifest manifest = new ManifestLog(store).latest().orElseThrow().manifest();
        assertThat(manifest.ranges()).extracting(RangeEntry::step).containsExactly(4L, 4L);
        assertThat(manifest.ranges())
            .allMatch(entry -> entry.recordings().size() == entry.files().size());
        for (long version = manifest.version(); version > 1; version--) {
          ManifestLog log = new ManifestLog(store);
          assertThat(log.manifest(version).parent().version()).isEqualTo(version - 1);
        }
      } catch (IOException e) {
        throw new AssertionError(outcomes.toString(), e);
      }
    }
  }

  @Test
  void disjointSelectionsShareARunAndLoseNothing() throws Exception {
    Interleavings.Count count = Interleavings.explore(() -> new Drivers(ONE, TWO));

    assertThat(count.states()).isGreaterThan(100);
  }

  @Test
  void ofOverlappingSelectionsOneDriverGoesOnAndTheOtherIsTold() throws Exception {
    Interleavings.Count count =
        Interleavings.explore(
            () ->
                new Drivers(Selection.all(), TWO) {
                  @Override
                  public void atTheEnd(List<Object> outcomes) {
                    List<Object> failed =
                        outcomes.stream().filter(o -> !(o instanceof ManifestHead)).toList();
                    assertThat(failed).allMatch(CommitFailedException.class::isInstance);
                    // Both are done if one had ended before the other began.
                    assertThat(failed).hasSizeLessThanOrEqualTo(1);
                  }
                });

    assertThat(count.endings()).isGreaterThan(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER", "REQUEST"})
  void anUnknownOutcomeIsSettledInEveryOrder(Loses loses) throws Exception {
    Interleavings.Count count =
        Interleavings.explore(
            () -> {
              Drivers drivers = new Drivers(ONE, TWO);
              drivers.loses = loses;
              return drivers;
            });

    assertThat(count.endings()).isGreaterThan(10);
  }

  /** A driver that failed, and the same command again. */
  private static Interleavings.World tolerant(Drivers drivers) {
    return new Interleavings.World() {
      @Override
      public List<Callable<Object>> tasks(Turns turns) {
        return drivers.tasks(turns);
      }

      @Override
      public String state() {
        return drivers.state();
      }

      @Override
      public void atEveryState() {
        drivers.atEveryState();
      }

      @Override
      public void atTheEnd(List<Object> outcomes) {
        assertThat(outcomes.get(1)).isInstanceOf(ManifestHead.class);
        if (!(outcomes.get(0) instanceof ManifestHead)) {
          assertThat(outcomes.get(0))
              .isInstanceOfAny(IOException.class, CommitStateUnknownException.class);
          try {
            drivers.drive(drivers.store, 0);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        }
        drivers.assertComplete(outcomes);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"DEAD_BEFORE", "DEAD_AFTER", "BEFORE", "AFTER"})
  void aDriverThatFailsAnywhereHarmsNobody(Failure failure) throws Exception {
    for (int k = 1; k <= 8; k++) {
      int call = k;
      Interleavings.explore(
          () -> {
            Drivers drivers = new Drivers(ONE, TWO);
            drivers.failure = failure;
            drivers.failing = call;
            return tolerant(drivers);
          });
    }
  }
}
