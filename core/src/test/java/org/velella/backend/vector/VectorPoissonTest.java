package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.encoding.PoissonCounts;
import org.velella.testkit.Seeded;

/** Frames of one mean, against the search word by word. */
@EnabledIf("vectorsAreHere")
class VectorPoissonTest {
  private static final int SIZE = 1003;
  private static final int AT = 5;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Seeded(times = 2)
  void numbersAreThoseOfTheSearchOnBothSidesOfEveryThreshold(SplittableRandom random) {
    VectorPoisson vector = new VectorPoisson();
    for (float mean : new float[] {1e-9f, 0.001f, 0.3f, 2, 4, 10}) {
      PoissonCounts counts = new PoissonCounts(mean);
      int[] words = new int[SIZE + 61];
      Arrays.setAll(words, i -> random.nextInt());
      int at = 0;
      for (int threshold : counts.thresholds()) {
        words[at++] = threshold;
        words[at++] = threshold - 1;
      }
      float[] found = new float[AT + SIZE + 1];
      found[AT + SIZE] = -7;
      assertThat(vector.count(counts, words, SIZE, found, AT)).isTrue();
      for (int i = 0; i < SIZE; i++) {
        assertThat(found[AT + i])
            .as("mean %s, word %s", mean, words[i])
            .isEqualTo(counts.count(words[i]));
      }
      assertThat(found[AT + SIZE]).isEqualTo(-7);
    }
  }

  @Seeded(times = 1)
  void largeMeansAreLeftToTheSearch(SplittableRandom random) {
    PoissonCounts counts = new PoissonCounts(100);
    int[] words = {random.nextInt()};
    assertThat(new VectorPoisson().count(counts, words, 1, new float[1], 0)).isFalse();
  }
}
