package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.testkit.Seeded;

class ProbeTurnsTest {
  private static final long MILLI = 1_000_000L;

  /** A thread that asks for its kernels in turn and works in between. */
  private static final class Worker {
    private final ProbeTurns turns = new ProbeTurns();
    private final long[] last;
    private final long[] took;
    private final long[] tried;
    private long now;

    Worker(int kernels) {
      last = new long[kernels];
      took = new long[kernels];
      tried = new long[kernels];
    }

    void ask(ProbeTurns.Share share, int kernel, long excess) {
      long nanos = share.turn(kernel, now, last[kernel], took[kernel]);
      if (nanos > 0) {
        took[kernel] = nanos + excess;
        tried[kernel] += took[kernel];
        now += took[kernel];
        last[kernel] = now;
      }
    }

    /** Asks for all, with so much work behind each. */
    void round(long[] gaps, long excess) {
      for (int k = 0; k < gaps.length; k++) {
        ask(turns.eager(), k, excess);
        now += gaps[k];
      }
    }

    double share() {
      return LongStream.of(tried).sum() / (double) now;
    }

    long most() {
      return LongStream.of(tried).max().orElseThrow();
    }

    long least() {
      return LongStream.of(tried).min().orElseThrow();
    }
  }

  /** Cold code that has not run often enough is not compiled, however long one waits. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 3",
    "2, 0, 3",
    "3, 0, 3",
    "6, 0, 3",
    "2, 0, 20",
    "5, 0, 20",
    "3, 2, 2",
    "4, 5, 30",
    "1, 200, 3",
    "30, 0, 10",
    "50, 0, 1"
  })
  void triesOfAllTakeHalfOfTheTime(int kernels, long excessMillis, long millisBetween) {
    Worker worker = new Worker(kernels);
    long[] gaps = new long[kernels];
    Arrays.fill(gaps, millisBetween * MILLI);
    for (int round = 0; round < 3000; round++) {
      worker.round(gaps, excessMillis * MILLI);
    }
    assertThat(worker.share()).isBetween(0.35, 0.55);
    assertThat(worker.least()).isGreaterThan(worker.most() * 9 / 10);
  }

  /** Work that always precedes the same kernel gives it no more time than others. */
  @Seeded
  void partsAreEqualHoweverTheWorkIsSpread(SplittableRandom random) {
    int kernels = 2 + random.nextInt(5);
    long[] gaps = new long[kernels];
    Arrays.setAll(gaps, k -> random.nextInt(3) == 0 ? random.nextLong(20 * MILLI) : 1000);
    gaps[random.nextInt(kernels)] = 5 * MILLI;
    Worker worker = new Worker(kernels);
    for (int round = 0; round < 20_000; round++) {
      worker.round(gaps, 0);
    }
    assertThat(worker.least())
        .as("%s of gaps %s", Arrays.toString(worker.tried), Arrays.toString(gaps))
        .isGreaterThan(worker.most() * 2 / 3);
    assertThat(worker.share()).isBetween(0.35, 0.55);
  }

  @Seeded
  void theyAreEqualToThatOfOneThatIsAskedForRarely(SplittableRandom random) {
    Worker worker = new Worker(2);
    int often = 10 + random.nextInt(90);
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < often; k++) {
        worker.ask(worker.turns.eager(), 0, 0);
        worker.now += MILLI;
      }
      worker.ask(worker.turns.eager(), 1, 0);
    }
    assertThat(worker.least()).isGreaterThan(worker.most() / 2);
    assertThat(worker.share()).isBetween(0.3, 0.55);
  }

  /** Where all others ask again after seconds only, too. */
  @ParameterizedTest
  @CsvSource({"2, 1200", "3, 1200", "6, 5000"})
  void longWorkLeavesNobodyOut(int kernels, long millis) {
    Worker worker = new Worker(kernels);
    long[] gaps = new long[kernels];
    gaps[0] = millis * MILLI;
    for (int round = 0; round < 100; round++) {
      worker.round(gaps, 0);
    }
    assertThat(worker.least()).isGreaterThan(90 * 50 * MILLI);
  }

  @ParameterizedTest
  @CsvSource({"1", "10"})
  void thoseThatStayColdTakeATenthOfItAllTogether(int kernels) {
    Worker worker = new Worker(kernels + 1);
    for (int round = 0; round < 20_000; round++) {
      for (int k = 0; k < kernels; k++) {
        worker.ask(worker.turns.patient(), k, 0);
      }
      worker.now += MILLI;
    }
    assertThat(worker.share()).isBetween(0.07, 0.11);
    // A new one is not kept from its half.
    long stuck = LongStream.of(worker.tried).sum();
    long begun = worker.now;
    worker.last[kernels] = begun;
    while (worker.now < begun + 5000 * MILLI) {
      for (int k = 0; k < kernels; k++) {
        worker.ask(worker.turns.patient(), k, 0);
      }
      worker.ask(worker.turns.eager(), kernels, 0);
      worker.now += MILLI;
    }
    assertThat(worker.tried[kernels] / (double) (worker.now - begun)).isBetween(0.35, 0.55);
    assertThat(LongStream.of(worker.tried).sum() - worker.tried[kernels]).isGreaterThan(stuck);
  }

  /** Also in rounds that take longer than a second. */
  @Test
  void thoseThatStayColdTakeNoMoreInLongRounds() {
    Worker worker = new Worker(10);
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < 10; k++) {
        worker.ask(worker.turns.patient(), k, 0);
      }
      worker.now += 1200 * MILLI;
    }
    assertThat(worker.share()).isBetween(0.05, 0.11);
  }

  @Seeded
  void oneThatIsNeverAskedForAgainHasNoPart(SplittableRandom random) {
    ProbeTurns.Share share = new ProbeTurns().eager();
    long now = random.nextLong(1_000_000) * MILLI;
    share.turn(1, now, now, 0);
    now += 3 * MILLI;
    assertThat(share.turn(2, now, now - 3 * MILLI, 0)).as("half of the half").isZero();
    now += 1001 * MILLI;
    assertThat(share.turn(2, now, now - 3 * MILLI, 0)).isEqualTo(3 * MILLI);
  }

  /** Nor is one that took too long, as in a process that was stopped, out for ever. */
  @Seeded
  void noTryIsLong(SplittableRandom random) {
    ProbeTurns.Share share = new ProbeTurns().eager();
    long now = (2000 + random.nextLong(1_000_000)) * MILLI;
    assertThat(share.turn(1, now, 0, random.nextLong(1 << 50))).isEqualTo(50 * MILLI);
    assertThat(share.turn(1, now, now - 49 * MILLI, 1L << 50)).isZero();
  }
}
