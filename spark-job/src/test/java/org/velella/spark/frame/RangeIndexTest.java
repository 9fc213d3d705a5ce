package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class RangeIndexTest {
  @Test
  void consecutiveIdsAreCountedOff() {
    RangeIndex index = RangeIndex.consecutive(100, 10, 4);
    assertThat(index.ranges()).isEqualTo(3);
    assertThat(index.firstId(2)).isEqualTo(108);
    assertThat(index.firstRank(2)).isEqualTo(8);
    assertThat(index.endRank(2)).isEqualTo(10);
    assertThat(index.size(2)).isEqualTo(2);
    assertThat(index.rangeOf(99)).isEqualTo(-1);
    assertThat(index.rangeOf(100)).isZero();
    assertThat(index.rangeOf(103)).isZero();
    assertThat(index.rangeOf(104)).isEqualTo(1);
    assertThat(index.rangeOf(109)).isEqualTo(2);
    assertThat(index.rangeOf(110)).isEqualTo(-1);
  }

  @Test
  void idsMayBeNegativeAndFarApart() {
    RangeIndex index = RangeIndex.sparse(new long[] {Long.MIN_VALUE, -1, 70}, 5, 2);
    assertThat(index.rangeOf(Long.MIN_VALUE)).isZero();
    assertThat(index.rangeOf(-2)).isZero();
    assertThat(index.rangeOf(-1)).isEqualTo(1);
    assertThat(index.rangeOf(69)).isEqualTo(1);
    assertThat(index.rangeOf(Long.MAX_VALUE)).isEqualTo(2);
    assertThat(index.size(2)).isEqualTo(1);
  }

  @Test
  void idFarBelowTheFirstIsInNoRange() {
    assertThat(RangeIndex.consecutive(Long.MAX_VALUE - 1, 2, 1).rangeOf(Long.MIN_VALUE))
        .isEqualTo(-1);
    assertThat(RangeIndex.consecutive(Long.MIN_VALUE, 2, 1).rangeOf(Long.MAX_VALUE)).isEqualTo(-1);
  }

  @Seeded(times = 50)
  void everySampleIsInTheRangeOfItsRank(SplittableRandom random) {
    TreeSet<Long> ids = new TreeSet<>();
    int count = 1 + random.nextInt(40);
    while (ids.size() < count) {
      ids.add((long) random.nextInt(-60, 60));
    }
    int rangeSize = 1 + random.nextInt(9);
    long[] sorted = ids.stream().mapToLong(Long::longValue).toArray();
    int ranges = (count + rangeSize - 1) / rangeSize;
    long[] firstIds = new long[ranges];
    for (int r = 0; r < ranges; r++) {
      firstIds[r] = sorted[r * rangeSize];
    }
    RangeIndex index = RangeIndex.sparse(firstIds, count, rangeSize);
    for (int rank = 0; rank < count; rank++) {
      assertThat(index.rangeOf(sorted[rank])).as("rank %d", rank).isEqualTo(rank / rangeSize);
    }
  }

  @Test
  void refusesFirstIdsThatDoNotAscend() {
    assertThatThrownBy(() -> RangeIndex.sparse(new long[] {1, 1}, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("range 1");
    assertThatThrownBy(() -> RangeIndex.sparse(new long[] {1}, 3, 2))
        .hasMessageContaining("1 first ids for 2 ranges");
  }
}
