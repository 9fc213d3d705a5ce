package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the end of a process is held up; signals themselves are sent by SignalsIT. */
@Timeout(60)
class InterruptionTest {
  private final AtomicInteger left = new AtomicInteger();

  private static Interruption patient(long taskMillis, long commitMillis) {
    Interruption interruption =
        new Interruption(new Interruption.Patience(taskMillis, commitMillis), RunListener.SILENT);
    interruption.simulates();
    return interruption;
  }

  @Test
  void whatIsNotInOrderWhenTheTimeIsOverLeavesWord() {
    try (Interruption interruption = patient(0, 20)) {
      interruption.atLast(left::incrementAndGet);
      assertThat(interruption.isRequested()).isFalse();
      interruption.hold();
      assertThat(interruption.isRequested()).isTrue();
      assertThat(interruption.isAbandoned()).isTrue();
    }
    assertThat(left).hasValue(1);
  }

  @Test
  void whatIsInOrderHoldsNothingUp() {
    Interruption interruption = patient(Long.MAX_VALUE, Long.MAX_VALUE);
    interruption.atLast(left::incrementAndGet);
    interruption.close();
    interruption.hold();
    assertThat(left).hasValue(0);
  }

  /** The driver waits for them for as long as they are not abandoned. */
  @Test
  void tasksHaveTheirTimeBeforeTheyAreAbandoned() throws InterruptedException {
    Interruption interruption = patient(Long.MAX_VALUE, Long.MAX_VALUE);
    interruption.atLast(left::incrementAndGet);
    Thread end = new Thread(interruption::hold);
    end.start();
    while (!interruption.isRequested()) {
      Thread.sleep(1);
    }
    assertThat(interruption.isAbandoned()).isFalse();
    interruption.close();
    end.join();
    assertThat(interruption.isAbandoned()).isFalse();
    assertThat(left).hasValue(0);
  }

  /** While an input is still read, say: nobody has to wait for that. */
  @Test
  void aProcessThatSimulatesNothingYetLeavesWordAndEnds() {
    try (Interruption interruption =
        new Interruption(
            new Interruption.Patience(Long.MAX_VALUE, Long.MAX_VALUE), RunListener.SILENT)) {
      interruption.atLast(left::incrementAndGet);
      interruption.hold();
      assertThat(left).hasValue(1);
      assertThatExceptionOfType(RunFailedException.class)
          .isThrownBy(interruption::simulates)
          .withMessage(Interruption.WORDS);
    }
  }
}
