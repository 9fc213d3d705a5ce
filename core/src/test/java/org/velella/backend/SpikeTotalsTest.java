package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpikeTotalsTest {
  @Test
  void firstStepIsThatOfTheCallWithTheFirstSpike() {
    SpikeTotals totals = new SpikeTotals(4);
    totals.add(10, 5, new int[] {0, 2, 1, 0}, new int[] {5, 0, 4, 5});
    assertThat(totals.counts()).containsExactly(0, 2, 1, 0);
    assertThat(totals.first()).containsExactly(-1, 10, 14, -1);
    totals.add(15, 3, new int[] {1, 1, 0, 0}, new int[] {2, 1, 3, 3});
    assertThat(totals.counts()).containsExactly(1, 3, 1, 0);
    assertThat(totals.first()).containsExactly(17, 10, 14, -1);
  }

  @Test
  void placesBehindTheLastNeuronDoNotCount() {
    SpikeTotals totals = new SpikeTotals(1);
    totals.add(0, 2, new int[] {1, 2}, new int[] {1, 0});
    assertThat(totals.counts()).containsExactly(1);
    assertThat(totals.first()).containsExactly(1);
  }

  @Test
  void moreSpikesThanCanBeCountedAreRefused() {
    SpikeTotals totals = new SpikeTotals(2);
    totals.add(0, 9, new int[] {Integer.MAX_VALUE, 3}, new int[] {0, 0});
    int[] one = {1, 0};
    assertThatThrownBy(() -> totals.add(9, 1, one, new int[] {0, 1}))
        .isInstanceOf(ArithmeticException.class);
  }
}
