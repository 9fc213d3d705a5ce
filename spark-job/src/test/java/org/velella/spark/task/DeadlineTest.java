package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  private long wall = NOW;
  private long counted = -5;

  private boolean isOver(Deadline deadline) {
    return deadline.isOver(() -> wall, () -> TimeUnit.MILLISECONDS.toNanos(counted));
  }

  private static Deadline inSeconds(long seconds) {
    return new Deadline(NOW + 1000 * seconds, 1000 * seconds);
  }

  @Test
  void processThatBeginsLaterHasWhatIsLeft() {
    Deadline deadline = inSeconds(60);
    wall = NOW + 20_000;
    assertThat(isOver(deadline)).isFalse();
    counted += 39_999;
    assertThat(isOver(deadline)).isFalse();
    counted++;
    assertThat(isOver(deadline)).isTrue();
  }

  /** Once it has begun, clocks say nothing any more. */
  @ParameterizedTest
  @ValueSource(longs = {-1, 1})
  void clockThatJumpsOnTheWayChangesNothing(long days) {
    Deadline deadline = inSeconds(60);
    assertThat(isOver(deadline)).isFalse();
    wall += days * DAY;
    counted += 59_999;
    assertThat(isOver(deadline)).isFalse();
    counted++;
    assertThat(isOver(deadline)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1})
  void clockThatHasJumpedBeforeIsNotBelieved(long days) {
    Deadline deadline = inSeconds(60);
    wall += days * DAY;
    assertThat(isOver(deadline)).isFalse();
    counted += 59_999;
    assertThat(isOver(deadline)).isFalse();
    counted++;
    assertThat(isOver(deadline)).isTrue();
  }

  /** Such as a task of a round that begins when time is up. */
  @Test
  void whoComesALittleTooLateHasNoTime() {
    Deadline deadline = inSeconds(60);
    wall = NOW + 60_000 + 1800_000;
    assertThat(isOver(deadline)).isTrue();
  }

  @Test
  void neverMeansNever() {
    assertThat(isOver(Deadline.NEVER)).isFalse();
    wall += 100_000 * DAY;
    counted += 100_000 * DAY;
    assertThat(isOver(Deadline.NEVER)).isFalse();
  }

  /** Each process counts for itself. */
  @Test
  void whatWasCountedStaysWhereItWas() {
    Deadline deadline = inSeconds(60);
    assertThat(isOver(deadline)).isFalse();
    counted = 1_000_000;
    wall = NOW + 59_000;
    Deadline other = SerializationUtils.clone(deadline);
    assertThat(isOver(other)).isFalse();
    counted += 1000;
    assertThat(isOver(other)).isTrue();
    assertThat(isOver(deadline)).isTrue();
  }
}
