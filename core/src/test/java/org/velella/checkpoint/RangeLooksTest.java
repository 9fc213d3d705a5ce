package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.MemoryCheckpointStore;

class RangeLooksTest {
  private static final long SECOND_NANOS = 1_000_000_000;

  private final MemoryCheckpointStore files = new MemoryCheckpointStore();

  private long clock = Long.MAX_VALUE - SECOND_NANOS;
  private int listings;

  /** How long a listing takes. */
  private long takes = SECOND_NANOS;

  private final CheckpointStore slow =
      new ForwardingCheckpointStore(files) {
        @Override
        public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
          listings++;
          clock += takes;
          return super.list(directory, names);
        }
      };

  private RangeLooks shared(long known) {
    return new RangeLooks(
        slow, range -> range.equals(SECOND) ? Long.MAX_VALUE : known, () -> clock);
  }

  /** A thousand ranges that are begun anew, one after the other, 0.1 s each. */
  @Test
  void looksTakeATwentiethOfTheTimeHoweverManyRangesAreBegun() throws IOException {
    RangeLooks.OfTask looks = shared(0).ofTask();
    long begun = clock;
    for (int range = 0; range < 1000; range++) {
      looks.further(FIRST);
      clock += SECOND_NANOS / 10;
    }

    assertThat(listings).isEqualTo(5);
    assertThat(clock - begun).isEqualTo(105 * SECOND_NANOS);
  }

  /** What an attempt saved that was lost before. */
  @Test
  void taskThatBeginsLooksForItselfWhereThatTakesASecondAtMost() throws IOException {
    RangeLooks shared = shared(0);
    RangeLooks.OfTask first = shared.ofTask();
    assertThat(first.further(FIRST)).isEmpty();
    RangeEntry chain = saveChain(files, FIRST, 1);
    clock++;

    RangeLooks.OfTask second = shared.ofTask();
    assertThat(second.further(FIRST)).containsOnlyKeys(file(chain, 0));
    save(files, chain, 2);
    clock++;
    assertThat(second.further(FIRST)).containsOnlyKeys(file(chain, 0));
    assertThat(listings).isEqualTo(2);
  }

  @Test
  void tasksShareLooksThatTakeLonger() throws IOException {
    takes = SECOND_NANOS + 1;
    RangeLooks shared = shared(0);
    for (int task = 0; task < 10; task++) {
      assertThat(shared.ofTask().further(FIRST)).isEmpty();
      saveChain(files, FIRST, task + 1);
      clock += SECOND_NANOS;
    }

    assertThat(listings).isEqualTo(1);
  }

  @Test
  void lookLastsHalfAnHourAtMostHoweverLongTheProcessStoodStill() throws IOException {
    takes = 600 * SECOND_NANOS;
    RangeLooks.OfTask looks = shared(0).ofTask();
    looks.further(FIRST);
    clock += 1800 * SECOND_NANOS - 1;
    looks.further(FIRST);
    assertThat(listings).isEqualTo(1);
    clock++;
    looks.further(FIRST);
    assertThat(listings).isEqualTo(2);
  }

  @Test
  void lookThatTakesNoTimeIsTakenAnewEachTime() throws IOException {
    takes = 0;
    RangeLooks.OfTask looks = shared(1).ofTask();
    RangeEntry chain = saveChain(files, FIRST, 1, 2);
    assertThat(looks.further(FIRST)).containsOnlyKeys(file(chain, 1));
    RangeEntry later = save(files, chain, 3);

    assertThat(looks.further(FIRST)).containsOnlyKeys(file(later, 1), file(later, 2));
    assertThat(listings).isEqualTo(2);
  }

  @Test
  void seesLaterStepsOfWhatTasksWereGiven() throws IOException {
    RangeEntry chain = saveChain(files, FIRST, 2, 4, 6);
    saveChain(files, SECOND, 8);
    files.replace(RangeFileName.DIRECTORY + "/note.txt", new byte[1]);
    RangeLooks.OfTask looks = shared(4).ofTask();

    assertThat(looks.further(FIRST)).containsOnlyKeys(file(chain, 2));
    assertThat(looks.further(FIRST)).containsOnlyKeys(file(chain, 2));
    assertThat(looks.further(FIRST).values()).containsExactly(chain.files().get(2).bytes());
    assertThat(looks.further(SECOND)).isEmpty();
    assertThat(looks.all(FIRST)).containsOnlyKeys(file(chain, 0), file(chain, 1), file(chain, 2));
  }

  private static String file(RangeEntry chain, int index) {
    return chain.files().get(index).file();
  }
}
