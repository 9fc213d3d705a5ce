package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.testkit.Seeded;

class SpikeBitsTest {
  private static final int[] SIZES = {1, 7, 8, 9, 63, 64, 65, 130};
  private static final int FRAMES = 5;

  /** Element i of a frame is bit {@code i & 63} of the frame's word {@code i >> 6}. */
  @Seeded
  void formsTurnIntoEachOther(SplittableRandom random) {
    for (int size : SIZES) {
      int words = (size + 63) / 64;
      float[] numbers = new float[2 + FRAMES * size];
      long[] bits = new long[3 + FRAMES * words];
      for (int frame = 0; frame < FRAMES; frame++) {
        boolean silent = random.nextInt(3) == 0;
        for (int i = 0; i < size; i++) {
          if (!silent && random.nextBoolean()) {
            numbers[2 + frame * size + i] = 1f;
            bits[3 + frame * words + (i >> 6)] |= 1L << (i & 63);
          }
        }
      }
      long[] packed = new long[bits.length];
      SpikeBits.pack(FRAMES, size, numbers, 2, packed, 3);
      assertThat(packed).isEqualTo(bits);
      float[] expanded = new float[numbers.length + 1];
      Arrays.fill(expanded, 7f);
      SpikeBits.expand(FRAMES, size, bits, 3, expanded, 2);
      assertThat(Arrays.copyOfRange(expanded, 2, numbers.length))
          .isEqualTo(Arrays.copyOfRange(numbers, 2, numbers.length));
      assertThat(expanded[0]).isEqualTo(7f);
      assertThat(expanded[numbers.length]).isEqualTo(7f);
    }
  }
}
