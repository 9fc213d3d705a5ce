package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScratchRoomTest {
  private static final long NEVER = Long.MAX_VALUE;

  private static ScratchRoom room(boolean shortens, long free) {
    return new ScratchRoom(100, shortens, 4, () -> free);
  }

  /** 100 bytes of each of 10 samples and 20 steps: 20,000 bytes. */
  @Test
  void intervalThatWasAskedForIsKeptOrRefused() throws IOException {
    assertThat(room(false, 20_000).end(7, 27, 10)).isEqualTo(27);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(false, 19_999).end(7, 27, 10))
        .withMessageContainingAll(
            "100 bytes per sample and step",
            "10 samples",
            "20 steps",
            "--checkpoint-every",
            System.getProperty("java.io.tmpdir"));
  }

  @Test
  void longRunDoesNotOverflow() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(false, NEVER).end(0, NEVER, 10))
        .withMessageContaining("free");
  }

  /** Half of a quarter of 80,000 bytes are ten steps. */
  @Test
  void intervalOfNoGivenLengthIsShortened() throws IOException {
    assertThat(room(true, 80_000).end(7, NEVER, 10)).isEqualTo(17);
    assertThat(room(true, 80_000).end(7, 12, 10)).isEqualTo(12);
  }

  @Test
  void oneStepMustFit() throws IOException {
    assertThat(room(true, 1000).end(7, 12, 10)).isEqualTo(8);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(true, 999).end(7, 12, 10))
        .withMessageContaining("1 steps");
  }

  @Test
  void withoutTracesNobodyLooksAtTheDisk() throws IOException {
    ScratchRoom none =
        new ScratchRoom(
            0,
            true,
            4,
            () -> {
              throw new AssertionError("looked");
            });
    assertThat(none.end(0, NEVER, 10)).isEqualTo(NEVER);
  }
}
