package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.testkit.Seeded;

class ProbeTurnsTest {
  private static final long MILLI = 1_000_000L;

  /** A thread that asks for its kernels in turn and works in between. */
  private static final class Worker {
    private final ProbeTurns turns = new ProbeTurns(0);
    private final long[] last;
    private final long[] tried;
    private long now;

    Worker(int kernels) {
      last = new long[kernels];
      tried = new long[kernels];
    }

    void ask(ProbeTurns.Share share, int kernel, long excess) {
      long nanos = share.turn(kernel + 1L, last[kernel], now);
      if (nanos > 0) {
        now += nanos + excess;
        tried[kernel] += nanos + excess;
        last[kernel] = now;
        share.ended(now, nanos + excess);
      }
    }

    double share() {
      return LongStream.of(tried).sum() / (double) now;
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
    "4, 5, 30"
  })
  void triesOfAllTakeHalfOfTheTime(int kernels, long excessMillis, long millisBetween) {
    Worker worker = new Worker(kernels);
    for (int round = 0; round < 2000; round++) {
      for (int k = 0; k < kernels; k++) {
        worker.ask(worker.turns.eager(), k, excessMillis * MILLI);
        worker.now += millisBetween * MILLI;
      }
    }
    assertThat(worker.share()).isBetween(0.3, 0.55);
    long most = LongStream.of(worker.tried).max().orElseThrow();
    assertThat(LongStream.of(worker.tried).min().orElseThrow()).isGreaterThan(most / 3);
  }

  /** Work that always precedes the same kernel gives it no more turns than others. */
  @Seeded
  void noOneIsLeftOutHoweverTheWorkIsSpread(SplittableRandom random) {
    int kernels = 2 + random.nextInt(5);
    long[] gaps = new long[kernels];
    Arrays.setAll(gaps, k -> random.nextInt(3) == 0 ? random.nextLong(20 * MILLI) : 1000);
    gaps[random.nextInt(kernels)] = 5 * MILLI;
    Worker worker = new Worker(kernels);
    for (int round = 0; round < 5000; round++) {
      for (int k = 0; k < kernels; k++) {
        worker.ask(worker.turns.eager(), k, 0);
        worker.now += gaps[k];
      }
    }
    long most = LongStream.of(worker.tried).max().orElseThrow();
    assertThat(LongStream.of(worker.tried).min().orElseThrow())
        .as("%s of gaps %s", Arrays.toString(worker.tried), Arrays.toString(gaps))
        .isGreaterThan(most / 3);
  }

  /** Nor does one that is asked for most often. */
  @Seeded
  void oneThatIsAskedForRarelyHasItsTurns(SplittableRandom random) {
    Worker worker = new Worker(2);
    int often = 10 + random.nextInt(100);
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < often; k++) {
        worker.ask(worker.turns.eager(), 0, 0);
        worker.now += MILLI;
      }
      worker.ask(worker.turns.eager(), 1, 0);
    }
    assertThat(worker.tried[1]).isGreaterThan(worker.tried[0] / often);
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
    assertThat(worker.share()).isBetween(0.08, 0.11);
    // A new one is not kept from its half.
    long stuck = LongStream.of(worker.tried).sum();
    long begun = worker.now;
    worker.last[kernels] = begun;
    while (worker.now < begun + 2000 * MILLI) {
      for (int k = 0; k < kernels; k++) {
        worker.ask(worker.turns.patient(), k, 0);
      }
      worker.ask(worker.turns.eager(), kernels, 0);
      worker.now += MILLI;
    }
    assertThat(worker.tried[kernels] / (double) (worker.now - begun)).isBetween(0.35, 0.55);
    assertThat(LongStream.of(worker.tried).sum() - worker.tried[kernels]).isGreaterThan(stuck);
  }

  @Seeded
  void oneThatNeverAsksAgainKeepsNobodyFromWaiting(SplittableRandom random) {
    Worker worker = new Worker(4);
    worker.last[3] = -1;
    worker.ask(worker.turns.eager(), 3, 0);
    int often = 10 + random.nextInt(100);
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < often; k++) {
        worker.ask(worker.turns.eager(), 0, 0);
        worker.ask(worker.turns.eager(), 1, 0);
        worker.now += MILLI;
      }
      worker.ask(worker.turns.eager(), 2, 0);
    }
    assertThat(worker.tried[3]).isZero();
    assertThat(worker.tried[1]).isGreaterThan(worker.tried[0] / 3);
    assertThat(worker.tried[2]).isGreaterThan(worker.tried[0] / often);
  }

  @Seeded
  void timeWithNothingToTryIsNoCredit(SplittableRandom random) {
    ProbeTurns.Share share = new ProbeTurns(0).eager();
    long now = (100 + random.nextLong(1_000_000)) * MILLI;
    assertThat(share.turn(1, now - 3 * MILLI, now)).isEqualTo(3 * MILLI);
    assertThat(share.turn(1, 0, now)).as("no try is long").isEqualTo(50 * MILLI);
  }
}
