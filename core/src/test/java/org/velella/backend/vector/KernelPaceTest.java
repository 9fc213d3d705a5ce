package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class KernelPaceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final double NANOS_PER_OPERATION = 0.5;

  /** One operation and ten bytes per neuron: 0.5 + 1.0 ns are expected, 7.5 ns are too slow. */
  private static final double TOO_SLOW = 7.6;

  private static final double SLOW_BUT_RIGHT = 7.4;

  private long now = 100 * SECOND;
  private double calibrated = NANOS_PER_OPERATION;

  private final KernelPace pace = new KernelPace("test", () -> calibrated, () -> now);

  /** Lets a second pass in which the kernel ran at this speed all the time. */
  private void second(double nanosPerUpdate) {
    ran(nanosPerUpdate);
    now += SECOND;
  }

  private void ran(double nanosPerUpdate) {
    double updates = SECOND / nanosPerUpdate;
    pace.ran(updates, 10 * updates, SECOND);
  }

  private void warmUp() {
    for (int i = 0; i < 20; i++) {
      second(1000);
    }
  }

  @Test
  void aKernelThatStaysTooSlowIsFoundOut() {
    warmUp();
    second(TOO_SLOW);
    second(TOO_SLOW);
    assertThat(pace.slow()).isFalse();
    second(TOO_SLOW);
    assertThat(pace.slow()).isTrue();
    second(1);
    assertThat(pace.slow()).as("it stays so").isTrue();
  }

  /** A second where 500 ns for the call and 1.5 ns for each of 1e9 / 7.6 updates are expected. */
  @Test
  void whatIsGivenUpIsSaidOnce() {
    PrintStream stream = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      warmUp();
      for (int i = 0; i < 9; i++) {
        second(TOO_SLOW);
      }
    } finally {
      System.setErr(stream);
    }
    assertThat(said.toString(UTF_8).strip())
        .endsWith(
            "WARN org.velella.backend.vector.KernelPace - test: the vector code took 1000000.0 us"
                + " where 197368.9 us are expected, three times in a row; plain code takes over,"
                + " with the same results")
        .doesNotContain("\n");
  }

  @Test
  void nobodyIsJudgedBeforeTheyAreCompiled() {
    warmUp();
    assertThat(pace.slow()).isFalse();
  }

  @Test
  void withinTheToleranceIsFine() {
    warmUp();
    for (int i = 0; i < 20; i++) {
      second(SLOW_BUT_RIGHT);
    }
    assertThat(pace.slow()).isFalse();
  }

  @Test
  void aBusyNeighbourSlowsTheCalibrationToo() {
    warmUp();
    calibrated = 10 * NANOS_PER_OPERATION;
    for (int i = 0; i < 20; i++) {
      second(3 * TOO_SLOW);
    }
    assertThat(pace.slow()).isFalse();
  }

  @Test
  void goodRunsInBetweenForgive() {
    warmUp();
    for (int i = 0; i < 20; i++) {
      second(TOO_SLOW);
      second(TOO_SLOW);
      second(SLOW_BUT_RIGHT);
    }
    assertThat(pace.slow()).isFalse();
  }

  @Test
  void hiccupsBetweenFastRunsDoNotAddUp() {
    warmUp();
    for (int i = 0; i < 20; i++) {
      second(TOO_SLOW);
      second(1);
    }
    assertThat(pace.slow()).isFalse();
  }

  @Test
  void complaintsAtOneMomentAreOne() {
    warmUp();
    for (int i = 0; i < 20; i++) {
      ran(TOO_SLOW);
    }
    assertThat(pace.slow()).isFalse();
  }
}
