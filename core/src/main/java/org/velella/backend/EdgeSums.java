package org.velella.backend;

import java.util.Arrays;

/** Sums of edges: plain adds from left to right, as many in one pass as there mostly are. */
public interface EdgeSums {
  /** Loops that are left to the JIT. */
  EdgeSums PLAIN =
      new EdgeSums() {
        @Override
        public void two(float[] a, int i, float[] b, int j, float[] out, int to, int length) {
          for (int e = 0; e < length; e++) {
            out[to + e] = a[i + e] + b[j + e];
          }
        }

        @Override
        public void three(
            float[] a, int i, float[] b, int j, float[] c, int k, float[] out, int to, int length) {
          for (int e = 0; e < length; e++) {
            out[to + e] = a[i + e] + b[j + e] + c[k + e];
          }
        }
      };

  /** Writes {@code length} sums of a and b, which begin at i and j. */
  void two(float[] a, int i, float[] b, int j, float[] out, int to, int length);

  /** Writes {@code length} sums of a, b and c, which begin at i, j and k; out may be a. */
  void three(float[] a, int i, float[] b, int j, float[] c, int k, float[] out, int to, int length);

  /**
   * Sums some buffers.
   *
   * @param edges how many
   * @param in the buffers in the order of the edges, each from its place in {@code from} on
   * @param out takes {@code length} sums from {@code to} on
   */
  default void sum(int edges, float[][] in, int[] from, float[] out, int to, int length) {
    if (edges == 0) {
      Arrays.fill(out, to, to + length, 0f);
    } else if (edges == 1) {
      System.arraycopy(in[0], from[0], out, to, length);
    } else if (edges % 2 == 0) {
      two(in[0], from[0], in[1], from[1], out, to, length);
    } else {
      three(in[0], from[0], in[1], from[1], in[2], from[2], out, to, length);
    }
    for (int k = edges % 2 == 0 ? 2 : 3; k < edges; k += 2) {
      three(out, to, in[k], from[k], in[k + 1], from[k + 1], out, to, length);
    }
  }
}
