package org.velella.gpu.bench;

/** Numbers that look random, and that {@code bench/peers.py} makes likewise. */
final class Numbers {
  private static final int FACTOR = (int) 2654435761L;

  private Numbers() {}

  /** In [0, 1), with 24 bits. */
  static float at(long index) {
    return ((int) index * FACTOR >>> 8) * 0x1p-24f;
  }

  /** {@code (at(start + i) + shift) * scale}. */
  static float[] fill(float[] target, long start, float shift, float scale) {
    for (int i = 0; i < target.length; i++) {
      target[i] = (at(start + i) + shift) * scale;
    }
    return target;
  }
}
