package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.velella.encoding.CounterRandom;
import org.velella.testkit.Seeded;

class VectorRandomTest {
  @Seeded(times = 20)
  void wordsAreThoseOfTheDefinition(SplittableRandom random) {
    for (int blocks : new int[] {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 100}) {
      int[] expected = new int[64 * blocks + 3];
      int[] found = new int[expected.length];
      long key = random.nextLong();
      long sample = random.nextLong();
      long step = random.nextLong(CounterRandom.STEPS);
      int first = random.nextInt(4) == 0 ? -random.nextInt(50) : random.nextInt();
      CounterRandom.words(key, sample, step, first, blocks, expected, 2);
      new VectorRandom(key).words(sample, step, first, blocks, found, 2);
      assertThat(found).isEqualTo(expected);
    }
  }
}
