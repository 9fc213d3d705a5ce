package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.checkpoint.ModelFileOps.Flaw;
import org.velella.testkit.Interleavings;
import org.velella.testkit.Interleavings.Turns;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * Two drivers commit at the same time through the protocol that runs on a local disk, over a model
 * of a file system: in every order of their calls, and after a loss of power at every point of it
 * with everything that was not forced to disk kept, lost or torn.
 */
@Tag("files")
class PowerLossTest {
  private static final Path ROOT = Path.of("/run");
  private static final Map<SampleRange, RangeEntry> CHAINS = new TreeMap<>();
  private static final MemoryCheckpointStore SAVED = new MemoryCheckpointStore();

  static {
    try {
      for (SampleRange range : List.of(FIRST, SECOND)) {
        CHAINS.put(range, saveChain(SAVED, range, 2));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What went wrong, by kind. */
  private static final class Violations {
    private long crashes;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> counts = new TreeMap<>();

    void add(String kind) {
      counts.merge(kind, 1L, Long::sum);
    }
  }

  /** What a driver was told is committed. */
  private record Told(RangeEntry entry, int driver) {}

  private static final class Drivers implements Interleavings.World {
    private final ModelFileOps files;
    private final List<Selection> selections;
    private final Violations violations;
    private final List<Told> told = new ArrayList<>();

    Drivers(Violations violations, List<Selection> selections, Flaw... flaws) {
      files = new ModelFileOps(ROOT, flaws);
      this.selections = selections;
      this.violations = violations;
    }

    @Override
    public List<Callable<Object>> tasks(Turns turns) {
      files.use(turns);
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int i = 0; i < selections.size(); i++) {
        int driver = i;
        tasks.add(() -> drive(driver));
      }
      return tasks;
    }

    /** Saves a state and commits it as the first manifest of the run. */
    private Object drive(int driver) throws IOException {
      CheckpointStore store = new LocalCheckpointStore(ROOT, files);
      SampleRange range = driver == 0 ? FIRST : SECOND;
      RangeEntry chain = CHAINS.get(range);
      String path = path(newest(chain));
      store.createUnique(path, out -> out.write(SAVED.file(path)));
      TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "driver-" + driver));
      Manifest manifest =
          new Manifest(
              1,
              Manifest.Parent.NONE,
              RUN,
              5,
              10,
              3,
              writer,
              selections.get(driver),
              List.of(chain));
      ManifestHead head = new ManifestLog(store).commit(manifest);
      told.add(new Told(chain, driver));
      return head;
    }

    @Override
    public String state() {
      return files.state() + told;
    }

    @Override
    public void atEveryState() {
      boolean overlapping = selections.get(0).intersects(selections.get(1));
      if (overlapping && told.size() > 1) {
        violations.add("two told success");
      }
      for (ModelFileOps after : files.afterPowerLoss()) {
        String state = after.state() + told;
        violations.crashes++;
        if (violations.seen.add(state)) {
          look(new LocalCheckpointStore(ROOT, after));
        }
      }
    }

    private void look(CheckpointStore store) {
      try {
        ManifestHead head = new ManifestLog(store).latest().orElse(null);
        if (head != null && !head.warnings().isEmpty()) {
          violations.add("half file seen");
        }
        for (Told one : told) {
          if (head == null || !head.manifest().ranges().contains(one.entry())) {
            violations.add("reported commit lost");
          }
        }
        if (head != null) {
          for (RangeEntry entry : head.manifest().ranges()) {
            RangeFile.read(store, RUN, newest(entry));
          }
        }
      } catch (CheckpointException e) {
        violations.add("half file seen");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void atTheEnd(List<Object> outcomes) {
      boolean disjoint = !selections.get(0).intersects(selections.get(1));
      long succeeded = outcomes.stream().filter(ManifestHead.class::isInstance).count();
      if (succeeded != (disjoint ? 2 : 1)) {
        violations.add(succeeded + " of 2 drivers succeeded");
      }
      outcomes.stream()
          .filter(o -> !(o instanceof ManifestHead))
          .forEach(o -> assertThat(o).isInstanceOf(CommitFailedException.class));
    }
  }

  private static Violations explore(List<Selection> selections, Flaw... flaws) throws Exception {
    Violations violations = new Violations();
    Interleavings.Count count =
        Interleavings.explore(() -> new Drivers(violations, selections, flaws));
    assertThat(count.states()).as("states, %s", violations.counts).isGreaterThan(100);
    return violations;
  }

  private static final List<Selection> OVERLAPPING = List.of(Selection.all(), Selection.all());
  private static final List<Selection> DISJOINT =
      List.of(Selection.of(List.of(FIRST)), Selection.of(List.of(SECOND)));

  @Test
  void nothingIsTornLostOrToldTwiceWhenBothWantAll() throws Exception {
    Violations violations = explore(OVERLAPPING);

    assertThat(violations.counts).isEmpty();
    assertThat(violations.crashes).isGreaterThan(1000);
  }

  @Test
  void nothingIsTornOrLostWhenTheyShareTheRun() throws Exception {
    Violations violations = explore(DISJOINT);

    assertThat(violations.counts).isEmpty();
    assertThat(violations.crashes).isGreaterThan(1000);
  }

  /** The exploration would notice if the protocol lacked a step. */
  @ParameterizedTest
  @EnumSource
  void withoutAnyOneOfItsStepsTheProtocolFails(Flaw flaw) throws Exception {
    Violations violations = explore(OVERLAPPING, flaw);

    assertThat(violations.counts)
        .containsKey(
            switch (flaw) {
              case FILES_ARE_NOT_FORCED -> "half file seen";
              case DIRECTORIES_ARE_NOT_FORCED -> "reported commit lost";
              case LINKS_REPLACE -> "two told success";
            });
  }
}
