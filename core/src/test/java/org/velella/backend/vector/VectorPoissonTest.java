package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.EncoderKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.PoissonCountOperation;
import org.velella.encoding.PoissonCounts;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/** Frames of one mean, against the search word by word. */
@EnabledIf("vectorsAreHere")
class VectorPoissonTest {
  private static final int SIZE = 1003;
  private static final int AT = 5;
  private static final Map<Float, PoissonCounts> TABLES = new HashMap<>();

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

  /** More elements than words are drawn for at a time; the second sample has a mean for each. */
  @Seeded(times = 1)
  void everyElementHasTheWordOfItsNumber(SplittableRandom random) {
    int size = 4500;
    Samples samples = Samples.of(new long[] {random.nextLong(), 3}, new long[] {0, 7});
    float[] means = new float[2 * size];
    Arrays.fill(means, 0, size, 1.5f);
    for (int i = size; i < means.length; i++) {
      means[i] = 1 + random.nextInt(3);
    }
    EncoderOp op = new EncoderOp("", "e", new PoissonCountOperation(), 0, 1, size, List.of(0));
    TileParameters parameters = TileParameters.NONE.with(samples);
    EncoderKernel plain = new ScalarKernels().encoder(op, 2, parameters);
    for (EncoderKernel kernel : List.of(plain, VectorEncoders.kernel(op, 2, parameters))) {
      float[] found = new float[means.length];
      Tensor[] step = {Tensor.of(Shape.SCALAR, new long[] {5})};
      kernel.run(0, 1, new float[][] {means, found}, step);
      for (int n = 0; n < 2; n++) {
        long key = CounterRandom.key(samples.seed(n), "e");
        int[] words = new int[(size / CounterRandom.BLOCK_WORDS + 1) * CounterRandom.BLOCK_WORDS];
        int blocks = words.length / CounterRandom.BLOCK_WORDS;
        CounterRandom.words(key, samples.id(n), 5, 0, blocks, words, 0);
        for (int i = 0; i < size; i++) {
          float mean = means[n * size + i];
          assertThat(found[n * size + i])
              .as("sample %d, element %d", n, i)
              .isEqualTo(TABLES.computeIfAbsent(mean, PoissonCounts::new).count(words[i]));
        }
      }
    }
  }

  @Seeded(times = 1)
  void largeMeansAreLeftToTheSearch(SplittableRandom random) {
    PoissonCounts counts = new PoissonCounts(100);
    int[] words = {random.nextInt()};
    assertThat(new VectorPoisson().count(counts, words, 1, new float[1], 0)).isFalse();
  }
}
