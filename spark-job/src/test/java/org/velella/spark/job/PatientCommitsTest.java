package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.CommitStateUnknownException;
import org.velella.spark.TestRuns;

class PatientCommitsTest {
  private final List<String> messages = new ArrayList<>();
  private final List<Long> waited = new ArrayList<>();
  private int calls;

  /** Commits that fail so often before one goes well. */
  private PatientCommits failing(int times, RuntimeException unchecked) {
    return new PatientCommits(
        () -> {
          if (calls++ < times) {
            if (unchecked != null) {
              throw unchecked;
            }
            throw new IOException("no room");
          }
        },
        waited::add,
        () -> 0,
        TestRuns.collecting(messages));
  }

  @Test
  void lastCommitIsTriedUntilTheStorageIsWell() throws IOException, InterruptedException {
    assertThat(failing(6, null).atLast(() -> false)).isTrue();
    assertThat(calls).isEqualTo(7);
    assertThat(waited).containsExactly(200L, 400L, 800L, 1600L, 3000L, 3000L);
    assertThat(messages)
        .hasSize(6)
        .first()
        .asString()
        .contains("no room", "nothing of it is lost", "tried again in 0.2 s");
  }

  @Test
  void itIsGivenUpInTheEndOrWhenNobodyWantsIt() throws IOException, InterruptedException {
    PatientCommits never = failing(Integer.MAX_VALUE, null);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> never.atLast(() -> false))
        .withMessage("no room");
    assertThat(calls).isEqualTo(PatientCommits.MOST_FAILED);
    assertThat(never.atLast(() -> true)).isFalse();
    assertThat(calls).isEqualTo(PatientCommits.MOST_FAILED + 1);
  }

  @Test
  void whatIsUnknownIsTriedAgainAndWhatIsLostIsNot() throws IOException, InterruptedException {
    assertThat(failing(1, new CommitStateUnknownException("no answer", null)).atLast(() -> false))
        .isTrue();
    calls = 0;
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(
            () -> failing(1, new CommitFailedException("another driver")).atLast(() -> false));
    assertThat(calls).isEqualTo(1);
  }

  /** A look at a million files takes a while, and storages charge for it. */
  @Test
  void commitsThatTakeLongComeLessOften() throws IOException {
    long[] now = new long[1];
    long[] takes = new long[1];
    PatientCommits commits =
        new PatientCommits(
            () -> now[0] += takes[0], waited::add, () -> now[0], TestRuns.collecting(messages));
    assertThat(commits.pauseMillis()).isEqualTo(3000);
    takes[0] = 700_000_000L;
    commits.meanwhile();
    assertThat(commits.pauseMillis()).isEqualTo(3000);
    takes[0] = 5_000_000_000L;
    commits.meanwhile();
    assertThat(commits.pauseMillis()).isEqualTo(20_000);
    takes[0] = 500_000_000_000L;
    commits.meanwhile();
    assertThat(commits.pauseMillis()).isEqualTo(60_000);
    takes[0] = 0;
    commits.meanwhile();
    assertThat(commits.pauseMillis()).isEqualTo(3000);
    assertThat(messages).isEmpty();
    PatientCommits failing =
        new PatientCommits(
            () -> {
              now[0] += 10_000_000_000L;
              throw new IOException("no answer");
            },
            waited::add,
            () -> now[0],
            TestRuns.collecting(messages));
    failing.meanwhile();
    assertThat(messages).singleElement().asString().contains("tried again in 40.0 s");
  }

  @Test
  void whileTasksRunFailuresThatDoNotFollowEachOtherAreForgiven() throws IOException {
    int[] call = new int[1];
    PatientCommits now =
        new PatientCommits(
            () -> {
              if (++call[0] % PatientCommits.MOST_FAILED != 0) {
                throw new IOException("no room");
              }
            },
            waited::add,
            () -> 0,
            TestRuns.collecting(messages));
    for (int i = 0; i < 3 * PatientCommits.MOST_FAILED; i++) {
      now.meanwhile();
    }
    assertThat(messages).hasSize(3 * (PatientCommits.MOST_FAILED - 1));
    PatientCommits same = failing(Integer.MAX_VALUE, null);
    for (int i = 1; i < PatientCommits.MOST_FAILED; i++) {
      same.meanwhile();
    }
    assertThatExceptionOfType(IOException.class).isThrownBy(same::meanwhile);
  }
}
