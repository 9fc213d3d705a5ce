package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.testkit.Seeded;

class BitCounterTest {
  private static final int BATCH = 3;
  private static final int STEPS = 200;

  /** Counts and first steps of one output among others, over calls of every length. */
  @Seeded(times = 5)
  void countsWhatALoopCounts(SplittableRandom random) {
    int size = 1 + random.nextInt(140);
    int column = random.nextInt(3);
    int width = column + size + random.nextInt(3);
    int words = (size + 63) / 64;
    double density = new double[] {0, 0.01, 0.5, 1}[random.nextInt(4)];
    int[] first = new int[BATCH * width];
    Arrays.fill(first, -1);
    first[column] = 0;
    int[] expectedFirst = first.clone();
    int[] counts = random.ints(first.length, 0, 1000).toArray();
    int[] expectedCounts = counts.clone();
    BitCounter counter = new BitCounter(BATCH, size, first, width, column);
    for (int done = 0; done < STEPS; ) {
      int steps = 1 + random.nextInt(STEPS - done);
      long[] spikes = new long[steps * BATCH * words];
      for (int t = 0; t < steps; t++) {
        for (int i = 0; i < BATCH * size; i++) {
          int n = i / size;
          int f = i % size;
          if (random.nextDouble() < density) {
            spikes[(t * BATCH + n) * words + f / 64] |= 1L << f;
            int at = n * width + column + f;
            expectedCounts[at]++;
            expectedFirst[at] = expectedFirst[at] < 0 ? done + t : expectedFirst[at];
          }
        }
      }
      counter.count(done, steps, spikes);
      done += steps;
      if (random.nextBoolean()) {
        counter.addTo(counts);
      }
    }
    counter.addTo(counts);
    assertThat(counts).isEqualTo(expectedCounts);
    assertThat(first).isEqualTo(expectedFirst);
  }
}
