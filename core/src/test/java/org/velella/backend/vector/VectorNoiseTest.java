package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.NoiseKernel;
import org.velella.encoding.NormalNumbers;
import org.velella.testkit.NoiseContract;
import org.velella.testkit.Seeded;

@EnabledIf("vectorsAreHere")
class VectorNoiseTest extends NoiseContract {
  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Override
  protected NoiseKernel noise() {
    NoiseKernel noise = new VectorBackend().inputNoise();
    assertThat(noise).isInstanceOf(VectorNoise.class);
    return noise;
  }

  /** Words that few draws would meet, each as radius and as angle. */
  @Seeded(times = 2)
  void numbersOfRareWordsAreThoseOfTheDefinition(SplittableRandom random) {
    int[] words = words(random);
    int count = words.length;
    double[] found = new double[1 + count + 64];
    double[] expected = new double[count];
    for (int radius : words) {
      int[] pairs = new int[2 * (count + 64)];
      for (int i = 0; i < count; i++) {
        pairs[2 * i] = radius;
        pairs[2 * i + 1] = words[i];
      }
      VectorNoise.normals(pairs, count, found, 1);
      Arrays.setAll(expected, i -> NormalNumbers.of(pairs[2 * i], pairs[2 * i + 1]));
      assertThat(Arrays.copyOfRange(found, 1, 1 + count)).as("word %d", radius).isEqualTo(expected);
    }
  }
}
