package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class TileValuesTest {
  /** Kernels number their threads by 32 bits. */
  @Test
  void windowsEndWhereThreadsCannotBeNumbered() {
    // 4096 samples of 25088 elements, which are 392 words of 64 bits: 20 steps are 2055208960.
    assertThat(TileValues.mostSteps(4096, 25088)).isEqualTo(20);
    // One element takes the 64 threads of a word.
    assertThat(TileValues.mostSteps(1 << 20, 1)).isEqualTo(31);
    assertThat(TileValues.mostSteps(1 << 25, 1)).isZero();
    assertThat(TileValues.mostSteps(1, Integer.MAX_VALUE - 63)).isEqualTo(1);
  }

  /** A value that is the same at every step needs one step only, but that one must fit. */
  @Test
  void heldValuesAreNumberedForOneStep() {
    BitSet held = new BitSet();
    held.set(0);
    assertThat(TileValues.numbered(4096, new int[] {25088, 1}, held)).isEqualTo(8191);
    assertThat(TileValues.numbered(4096, new int[] {25088, 1}, new BitSet())).isEqualTo(20);
    // 4096 samples of 64 x 224 x 224.
    assertThat(TileValues.numbered(4096, new int[] {3211264, 1}, held)).isZero();
  }

  /** Kernels take eight steps at once, and what is left over one by one. */
  @Test
  void windowsAreMultiplesOfEightSteps() {
    assertThat(TileValues.third(128)).isEqualTo(48);
    assertThat(TileValues.third(24)).isEqualTo(8);
    assertThat(TileValues.third(25)).isEqualTo(16);
    assertThat(TileValues.third(1)).isEqualTo(8);
  }
}
