package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the end of a process is held up; signals themselves are sent by SignalsIT. */
@Timeout(60)
class InterruptionTest {
  private final AtomicInteger left = new AtomicInteger();

  /** Without tasks in this process, which would be told to stop for good. */
  private static Interruption patient(long commitMillis) {
    return new Interruption(new Interruption.Patience(0, commitMillis), RunListener.SILENT);
  }

  @Test
  void whatIsNotInOrderWhenTheTimeIsOverLeavesWord() {
    try (Interruption interruption = patient(20)) {
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
    Interruption interruption = patient(Long.MAX_VALUE);
    interruption.atLast(left::incrementAndGet);
    interruption.close();
    interruption.hold();
    assertThat(left).hasValue(0);
  }
}
