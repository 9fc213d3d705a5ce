package org.velella.backend;

import java.util.Arrays;

/**
 * Spikes between their two forms: float32 0 and 1, and bits in {@link SpikeFrameKernel}'s layout.
 */
final class SpikeBits {
  /** The eight numbers that each byte stands for. */
  private static final float[] NUMBERS = numbers();

  private SpikeBits() {}

  private static float[] numbers() {
    float[] numbers = new float[256 * Byte.SIZE];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i >> 3 >> (i & 7) & 1;
    }
    return numbers;
  }

  /** Writes the bits of {@code frames} frames of {@code size} elements as numbers. */
  static void expand(int frames, int size, long[] spikes, int wordAt, float[] to, int at) {
    int words = SpikeFrameKernel.words(size);
    for (int frame = 0; frame < frames; frame++) {
      int target = at + frame * size;
      for (int w = 0; w < words; w++) {
        int from = w * Long.SIZE;
        expand(
            spikes[wordAt + frame * words + w],
            Math.min(Long.SIZE, size - from),
            to,
            target + from);
      }
    }
  }

  private static void expand(long word, int count, float[] to, int at) {
    if (word == 0) {
      Arrays.fill(to, at, at + count, 0f);
      return;
    }
    for (int i = 0; i < count; i += Byte.SIZE) {
      int octet = (int) (word >>> i) & 0xff;
      System.arraycopy(NUMBERS, octet * Byte.SIZE, to, at + i, Math.min(Byte.SIZE, count - i));
    }
  }

  /** Writes {@code frames} frames of {@code size} numbers, each 0 or 1, as bits. */
  static void pack(int frames, int size, float[] from, int at, long[] spikes, int wordAt) {
    int words = SpikeFrameKernel.words(size);
    for (int frame = 0; frame < frames; frame++) {
      int source = at + frame * size;
      for (int w = 0; w < words; w++) {
        int end = Math.min(size, (w + 1) * Long.SIZE);
        long word = 0;
        for (int i = w * Long.SIZE; i < end; i++) {
          // The bits of 1.0f are 0x3f800000: bit 29 tells it from zero.
          word |= (Float.floatToRawIntBits(from[source + i]) >>> 29 & 1L) << i;
        }
        spikes[wordAt + frame * words + w] = word;
      }
    }
  }
}
