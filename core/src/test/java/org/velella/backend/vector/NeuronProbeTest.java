package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paces by what was measured in JVMs that Spark had just started. */
class NeuronProbeTest {
  private static final double OPERATIONS = 287;
  private static final long MILLI = 1_000_000L;
  private static final long COLD = 100_000;
  private static final long COMPILED = 70;

  private long now;
  private long spent;
  private long nanosPerCall = COLD;
  private int calls;

  private final ProbeTurns turns = new ProbeTurns();

  /** A core is had for all of the time. */
  private NeuronProbe probe() {
    return new NeuronProbe(
        "cold",
        () -> {
          calls++;
          now += nanosPerCall;
          spent += nanosPerCall;
        },
        OPERATIONS,
        new NeuronProbe.Clocks(() -> now, () -> spent, () -> 0.151));
  }

  /** Both were cold: the calibration took 14.1 ns an operation, the code 71. */
  @Test
  void aColdCalibrationLetsNoColdCodePass() {
    assertThat(NeuronProbe.keepsPace(20_360, OPERATIONS, 14.1)).isFalse();
  }

  @Test
  void compiledCodePasses() {
    assertThat(NeuronProbe.keepsPace(70, OPERATIONS, 0.151)).isTrue();
    // Even if the calibration is still cold.
    assertThat(NeuronProbe.keepsPace(70, OPERATIONS, 14.1)).isTrue();
  }

  @Test
  void codeThatMakesObjectsDoesNot() {
    assertThat(NeuronProbe.keepsPace(20_360, OPERATIONS, 0.151)).isFalse();
  }

  @Test
  void aTryEndsWithItsTime() {
    NeuronProbe probe = probe();
    now += 10 * MILLI;
    long begun = now;
    assertThat(probe.warm(turns)).isFalse();
    assertThat(now - begun).isEqualTo(10 * MILLI);
    assertThat(calls).isEqualTo(100);
  }

  @Test
  void aTryEndsWithTheFirstCallOfCompiledCode() {
    NeuronProbe probe = probe();
    now += 10 * MILLI;
    nanosPerCall = COMPILED;
    assertThat(probe.warm(turns)).isTrue();
    assertThat(calls).isEqualTo(1);
    now += 1000 * MILLI;
    assertThat(probe.warm(turns)).isTrue();
    assertThat(calls).as("compiled code is not tried again").isEqualTo(1);
  }

  @Test
  void primingEndsWithItsTimeOrWithTheFirstCallOfCompiledCode() {
    NeuronProbe probe = probe();
    probe.prime(7 * MILLI);
    assertThat(now).isEqualTo(7 * MILLI);
    nanosPerCall = COMPILED;
    probe.prime(7 * MILLI);
    assertThat(now).isEqualTo(7 * MILLI + COMPILED);
    assertThat(probe.warm(turns)).isTrue();
  }

  /** All kernels that a thread asks for share its time. */
  @Test
  void anotherKernelHasItsTurnToo() {
    NeuronProbe first = probe();
    NeuronProbe second = probe();
    now += 3 * MILLI;
    first.warm(turns);
    assertThat(calls).isEqualTo(30);
    second.warm(turns);
    assertThat(calls).as("a third of the 6 ms: another one is tried, too").isEqualTo(30 + 20);
    now += 3 * MILLI;
    first.warm(turns);
    second.warm(turns);
    assertThat(calls).as("both wait longer").isEqualTo(30 + 20);
    now += 10 * MILLI;
    first.warm(turns);
    assertThat(calls).as("a third of the 15 ms").isEqualTo(30 + 20 + 50);
  }

  /** Half of the time until tries have had a core for a second and a half, then a tenth. */
  @Test
  void codeThatStaysColdIsTriedLess() {
    NeuronProbe probe = probe();
    while (spent < 1500 * MILLI) {
      now += 5 * MILLI;
      probe.warm(turns);
    }
    assertThat(spent / (double) now).isBetween(0.45, 0.55);
    long at = now;
    long before = spent;
    while (now < at + 10_000 * MILLI) {
      now += 5 * MILLI;
      probe.warm(turns);
    }
    assertThat((spent - before) / (double) (now - at)).isBetween(0.08, 0.11);
  }

  /** What a neighbour takes is not the kernel's. */
  @Test
  void waitingForACoreIsNotTrying() {
    NeuronProbe probe =
        new NeuronProbe(
            "starved",
            () -> {
              now += 4 * COLD;
              spent += COLD;
            },
            OPERATIONS,
            new NeuronProbe.Clocks(() -> now, () -> spent, () -> 0.151));
    while (spent < 1400 * MILLI) {
      now += 5 * MILLI;
      probe.warm(turns);
    }
    assertThat(now).as("half of the time is for tries").isBetween(10_000 * MILLI, 12_000 * MILLI);
  }

  /** Cold calibration takes longer than what it is to judge. */
  @Test
  void callsThatAreFarTooLongAreNotHeldAgainstTheCalibration() {
    int[] calibrations = {0};
    NeuronProbe probe =
        new NeuronProbe(
            "calibrated",
            () -> {
              calls++;
              now += nanosPerCall;
            },
            OPERATIONS,
            new NeuronProbe.Clocks(
                () -> now,
                () -> now,
                () -> {
                  calibrations[0]++;
                  now += MILLI;
                  return 0.151;
                }));
    probe.prime(10 * MILLI);
    assertThat(calls).isEqualTo(100);
    assertThat(calibrations[0]).isZero();
    // Not as slow, but twice as slow as it may be.
    nanosPerCall = 1200;
    calls = 0;
    probe.prime(10 * MILLI);
    assertThat(calibrations[0]).as("each 2 ms").isBetween(4, 5);
    assertThat(calls).isGreaterThan(4000);
    assertThat(probe.warm()).isFalse();
    nanosPerCall = COMPILED;
    probe.prime(10 * MILLI);
    assertThat(probe.warm()).isTrue();
  }

  /** Somebody who waits for another thread's tries has all of its time left then. */
  @Test
  void waitingForAnotherThreadIsNotPriming() throws Exception {
    CountDownLatch tries = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    NeuronProbe probe =
        new NeuronProbe(
            "primed",
            () -> {
              tries.countDown();
              await(asked);
              calls++;
              now += COLD;
            },
            OPERATIONS,
            new NeuronProbe.Clocks(() -> now, () -> now, () -> 0.151));
    now += 10 * MILLI;
    CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> probe.warm(turns));
    await(tries);
    Thread waiting = new Thread(() -> probe.prime(7 * MILLI));
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING) {
      assertThat(waiting.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    asked.countDown();
    assertThat(other.get(1, TimeUnit.MINUTES)).isFalse();
    waiting.join(60_000);
    assertThat(calls).as("10 ms of one, 7 of the other").isEqualTo(170);
  }

  /** However many there are, and whoever has the cores: it is slower all of that time. */
  @ParameterizedTest
  @CsvSource({"1, 1", "10, 1", "3, 20"})
  void codeThatIsNotCompiledInHalfAMinuteOfUseIsTold(int kernels, int shareOfACore) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = System.err;
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      List<NeuronProbe> probes = new ArrayList<>();
      for (int k = 0; k < kernels; k++) {
        probes.add(
            new NeuronProbe(
                "stays cold " + k,
                () -> {
                  now += COLD;
                  spent += COLD / shareOfACore;
                },
                OPERATIONS,
                new NeuronProbe.Clocks(() -> now, () -> spent, () -> 0.151)));
      }
      use(probes, 10_000 * MILLI);
      // Nobody uses it meanwhile.
      now += 1_000_000 * MILLI;
      use(probes, 12_000 * MILLI);
      assertThat(said.toString(UTF_8)).isEmpty();
      use(probes, 100_000 * MILLI);
      assertThat(said.toString(UTF_8).lines())
          .hasSize(kernels)
          .allMatch(
              line ->
                  line.matches(
                      ".*WARN.* - stays cold \\d: the JIT has not compiled the vector code in 3\\d s;"
                          + " slower code runs in its place, with the same results"));
    } finally {
      System.setErr(stream);
    }
  }

  private void use(List<NeuronProbe> probes, long nanos) {
    long end = now + nanos;
    while (now < end) {
      for (NeuronProbe probe : probes) {
        probe.warm(turns);
        now += MILLI;
      }
    }
  }

  @Test
  void aFailureLeavesTheProbeToOthers() throws Exception {
    boolean[] fails = {true};
    NeuronProbe probe =
        new NeuronProbe(
            "fails",
            () -> {
              now += COMPILED;
              if (fails[0]) {
                throw new IllegalStateException("out of code cache");
              }
            },
            OPERATIONS,
            new NeuronProbe.Clocks(() -> now, () -> spent, () -> 0.151));
    now += 10 * MILLI;
    assertThatThrownBy(() -> probe.warm(turns)).hasMessage("out of code cache");
    fails[0] = false;
    now += 10 * MILLI;
    // By a thread that does not hold the lock already.
    assertThat(CompletableFuture.supplyAsync(() -> probe.warm(new ProbeTurns())).get()).isTrue();
  }

  @Test
  void othersGoOnWhileOneTries() throws Exception {
    CountDownLatch tries = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    NeuronProbe probe =
        new NeuronProbe(
            "long",
            () -> {
              tries.countDown();
              await(asked);
              now += COMPILED;
            },
            OPERATIONS,
            new NeuronProbe.Clocks(() -> now, () -> spent, () -> 0.151));
    now += 10 * MILLI;
    CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> probe.warm(turns));
    await(tries);
    assertThat(probe.warm(new ProbeTurns())).isFalse();
    asked.countDown();
    assertThat(other.get(1, TimeUnit.MINUTES)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
