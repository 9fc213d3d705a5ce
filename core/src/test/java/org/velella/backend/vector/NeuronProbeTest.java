package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what was measured in JVMs that Spark had just started. */
class NeuronProbeTest {
  private static final double OPERATIONS = 287;

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

  /** Cold code that has not run often enough is not compiled, however long one waits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6})
  void triesOfAllKernelsTakeHalfOfTheTimeAtFirst(int kernels) {
    long now = 0;
    long tried = 0;
    long lastOfAny = 0;
    long[] last = new long[kernels];
    long[] spent = new long[kernels];
    while (tried < 1_400_000_000L) {
      for (int k = 0; k < kernels; k++) {
        long length = NeuronProbe.length(now - lastOfAny, now - last[k], spent[k]);
        if (length > 0) {
          now += length;
          tried += length;
          spent[k] += length;
          last[k] = now;
          lastOfAny = now;
        }
        now += 3_000_000;
      }
    }
    assertThat(tried / (double) now).isBetween(0.45, 0.55);
    for (long nanos : spent) {
      assertThat(nanos).isGreaterThan(tried / (2 * kernels));
    }
  }

  @Test
  void noTryIsLong() {
    assertThat(NeuronProbe.length(1_000_000, 9_000_000, 0)).isZero();
    assertThat(NeuronProbe.length(3_000_000_000L, 3_000_000_000L, 0)).isEqualTo(50_000_000);
  }

  @Test
  void thoseOfOneThatStaysColdTakeATenthLater() {
    assertThat(NeuronProbe.length(15_000_000, 15_000_000, 2_000_000_000)).isZero();
    assertThat(NeuronProbe.length(1, 20_000_000, 2_000_000_000)).isEqualTo(2_000_000);
  }
}
