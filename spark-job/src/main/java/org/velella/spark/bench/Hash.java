package org.velella.spark.bench;

/**
 * The numbers that the reference workloads are made of: a function of index and seed, so that every
 * engine computes on the same ones.
 */
final class Hash {
  private Hash() {}

  /** A float32 in [0, 1). */
  static float uniform(int index, int seed) {
    int h = index * 0x9E3779B9 + seed;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return (h >>> 8) * 0x1p-24f;
  }

  /** {@code scale * u + shift} for the indices {@code [0, length)}. */
  static float[] floats(int length, int seed, float scale, float shift) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = scale * uniform(i, seed) + shift;
    }
    return values;
  }
}
