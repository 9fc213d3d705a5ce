package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class RangePartitionerTest {
  @Seeded(times = 100)
  void spreadsConsecutiveRangesEvenly(SplittableRandom random) {
    List<Integer> chosen = new ArrayList<>();
    for (int range = 0; range < 200; range++) {
      if (random.nextInt(3) == 0) {
        chosen.add(range);
      }
    }
    chosen.add(200);
    int[] pending = chosen.stream().mapToInt(Integer::intValue).toArray();
    RangePartitioner partitioner = new RangePartitioner(pending, 1 + random.nextInt(40));
    List<Integer> all = new ArrayList<>();
    int smallest = Integer.MAX_VALUE;
    int largest = 0;
    for (int p = 0; p < partitioner.numPartitions(); p++) {
      int[] ranges = partitioner.ranges(p);
      smallest = Math.min(smallest, ranges.length);
      largest = Math.max(largest, ranges.length);
      for (int range : ranges) {
        all.add(range);
        assertThat(partitioner.getPartition(SampleKey.of(range, 7))).isEqualTo(p);
        assertThat(partitioner.getPartition(SampleKey.marker(range))).isEqualTo(p);
      }
    }
    assertThat(all).isEqualTo(chosen);
    assertThat(largest - smallest).isLessThanOrEqualTo(1);
  }

  /** Nobody has more than its share and the largest range. */
  @Seeded(times = 100)
  void spreadsTheWorkEvenly(SplittableRandom random) {
    int[] pending = IntStream.range(0, 1 + random.nextInt(200)).toArray();
    double[] works = random.doubles(pending.length, 0.01, 10).map(x -> x * x * x).toArray();
    RangePartitioner partitioner =
        new RangePartitioner(pending, range -> works[range], 1 + random.nextInt(40));
    double all = DoubleStream.of(works).sum();
    double largest = DoubleStream.of(works).max().orElseThrow();
    int ranges = 0;
    for (int p = 0; p < partitioner.numPartitions(); p++) {
      int[] mine = partitioner.ranges(p);
      double work = IntStream.of(mine).mapToDouble(range -> works[range]).sum();
      assertThat(mine).isNotEmpty();
      assertThat(work).isLessThanOrEqualTo(all / partitioner.numPartitions() + largest + 1e-6);
      ranges += mine.length;
    }
    assertThat(ranges).isEqualTo(pending.length);
  }

  /** Eight ranges of one, then eight of a hundred: each of two has 404. */
  @Test
  void longTrialsAreShared() {
    int[] pending = IntStream.range(0, 16).toArray();
    RangePartitioner partitioner = new RangePartitioner(pending, range -> range < 8 ? 1 : 100, 2);
    assertThat(partitioner.ranges(0)).hasSize(12);
    assertThat(partitioner.ranges(1)).containsExactly(12, 13, 14, 15);
  }

  @Test
  void hasNoMorePartitionsThanRanges() {
    assertThat(new RangePartitioner(new int[] {3, 9}, 7).numPartitions()).isEqualTo(2);
  }

  @Test
  void knowsWhatIsToBeRun() {
    RangePartitioner partitioner = new RangePartitioner(new int[] {3, 9}, 1);
    assertThat(partitioner.isPending(9)).isTrue();
    assertThat(partitioner.isPending(4)).isFalse();
    assertThatThrownBy(() -> partitioner.getPartition(SampleKey.marker(4)))
        .hasMessageContaining("Range 4");
  }

  @Test
  void keysSortByRangeThenMarkerThenUnknownThenSample() {
    List<SampleKey> keys =
        new ArrayList<>(
            List.of(
                SampleKey.of(1, -5),
                SampleKey.of(0, 9),
                SampleKey.of(0, -3),
                SampleKey.unknown(0),
                SampleKey.marker(1),
                SampleKey.marker(0)));
    keys.sort(null);
    assertThat(keys)
        .containsExactly(
            SampleKey.marker(0),
            SampleKey.unknown(0),
            SampleKey.of(0, -3),
            SampleKey.of(0, 9),
            SampleKey.marker(1),
            SampleKey.of(1, -5));
  }
}
