package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.synapse.Connectivity;
import org.velella.testkit.Seeded;

class TargetBitmapsTest {
  private static final int SOURCES = 300;
  private static final int TARGETS = 1000;

  /** Calls, more than the JIT needs for its last compilation of the loops. */
  private static final int CALLS = 20_000;

  /** A compiler that takes a shift for another gives wrong counts from some call on. */
  @Seeded
  void countsStayRightWhenTheirCodeIsCompiled(SplittableRandom random) {
    Connectivity synapses = synapses(random);
    TargetBitmaps bitmaps = new TargetBitmaps(synapses);
    int[] active = new int[SOURCES];
    float[] found = new float[TARGETS];
    float[] expected = new float[TARGETS];
    for (int call = 0; call < CALLS; call++) {
      int count = random.nextInt(call % 100 == 0 ? SOURCES : 20);
      int source = -1;
      int some = 0;
      for (int i = 0; i < count && source < SOURCES - 1; i++) {
        source += 1 + random.nextInt(Math.max(1, (SOURCES - source - 1) / (count - i)));
        active[some++] = source;
      }
      Arrays.fill(expected, 0);
      for (int i = 0; i < some; i++) {
        for (int e = synapses.offsets()[active[i]]; e < synapses.offsets()[active[i] + 1]; e++) {
          expected[synapses.columns()[e]]++;
        }
      }
      bitmaps.weigh(active, some, 1, found, 0);
      if (!Arrays.equals(found, expected)) {
        assertThat(found).as("call " + call).containsExactly(expected);
      }
    }
  }

  private static Connectivity synapses(SplittableRandom random) {
    int[] offsets = new int[SOURCES + 1];
    int[] columns = new int[SOURCES * TARGETS];
    int size = 0;
    for (int k = 0; k < SOURCES; k++) {
      for (int target = random.nextInt(20); target < TARGETS; target += 1 + random.nextInt(20)) {
        columns[size++] = target;
      }
      offsets[k + 1] = size;
    }
    return new Connectivity(TARGETS, offsets, Arrays.copyOf(columns, size));
  }
}
