package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.encoding.CounterRandom;
import org.velella.testkit.Seeded;

class NearNormalsTest {
  /** Words at and around the ends, quarters of a turn and powers of two, and any others. */
  private static List<Integer> words(SplittableRandom random) {
    List<Integer> words = new ArrayList<>();
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      for (int by = -1; by <= 1; by++) {
        words.add((1 << bit) + by);
        words.add(-(1 << bit) + by);
      }
    }
    // The square root of 1/2, where the logarithm's exponent changes.
    for (int by = -2; by <= 2; by++) {
      words.add((int) (long) (Math.sqrt(0.5) * 0x1p32) + by);
    }
    random.ints(300).forEach(words::add);
    return words;
  }

  @Seeded
  void areNearThoseOfStrictMath(SplittableRandom random) {
    List<Integer> words = words(random);
    NearNormals normals = new NearNormals();
    int[] pairs = new int[2 * words.size()];
    for (int radius : words) {
      for (int i = 0; i < words.size(); i++) {
        pairs[2 * i] = radius;
        pairs[2 * i + 1] = words.get(i);
      }
      double[] found = normals.of(pairs, words.size());
      for (int i = 0; i < words.size(); i++) {
        double expected = SampleStimulus.normal(radius, words.get(i));
        assertThat(found[i])
            .as("words %d and %d", radius, words.get(i))
            .isCloseTo(expected, within(NearNormals.DISTANCE / 10));
      }
    }
  }

  @Seeded
  void whiteNoiseIsThatOfStrictMathToTheBit(SplittableRandom random) {
    int width = 1000;
    long seed = random.nextLong();
    // One mean lies between two float32, so that the last bits of the noise decide.
    for (double[] law :
        new double[][] {{0, 1}, {1 + 0x1p-24, 1e-13}, {-0.25, 3}, {0, 0}, {1e-30, 1e-44}}) {
      Map<String, Double> values = Map.of("mean", law[0], "sigma", law[1]);
      SampleStimulus white = SampleStimulus.of(Stimulus.Kind.WHITE, values, seed, 3, width, 1e-3);
      float[] found = new float[width];
      long step = random.nextInt(1000);
      white.fill(step, found, 0);
      int blocks = 2 * width / CounterRandom.BLOCK_WORDS + 1;
      int[] words = new int[blocks * CounterRandom.BLOCK_WORDS];
      CounterRandom.words(CounterRandom.key(seed, "stimulus"), 3, step, 0, blocks, words, 0);
      for (int i = 0; i < width; i++) {
        double normal = SampleStimulus.normal(words[2 * i], words[2 * i + 1]);
        float expected = (float) (law[0] + law[1] * normal);
        assertThat(Float.floatToRawIntBits(found[i])).isEqualTo(Float.floatToRawIntBits(expected));
      }
    }
  }
}
