package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;
import static org.velella.backend.vector.RasterEvents.FIELDS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Adds weights of active inputs, one vector of channels each, to sums that lie in memory from
 * {@code st} on.
 */
final class ScatterTiles {
  private ScatterTiles() {}

  /** Spikes, entry after entry of a {@link RasterEvents}. */
  static void spikes(
      int from, int to, int[] entries, float[] sums, int st, float[] weights, int wt) {
    for (int i = from * FIELDS; i < to * FIELDS; i += FIELDS) {
      int sum = st + entries[i];
      FloatVector.fromArray(FLOATS, sums, sum)
          .add(FloatVector.fromArray(FLOATS, weights, wt + entries[i + 1]))
          .intoArray(sums, sum);
    }
  }

  /** Graded inputs, each term fused. */
  static void graded(
      int from,
      int to,
      int[] entries,
      float[] values,
      float[] sums,
      int st,
      float[] weights,
      int wt) {
    for (int i = from; i < to; i++) {
      int sum = st + entries[i * FIELDS];
      FloatVector.fromArray(FLOATS, weights, wt + entries[i * FIELDS + 1])
          .fma(FloatVector.broadcast(FLOATS, values[i]), FloatVector.fromArray(FLOATS, sums, sum))
          .intoArray(sums, sum);
    }
  }

  /**
   * {@code to[at + i] = x[from + i] + odd[i] * step} for n vectors, but at least two: most copies
   * are as short, and a loop would cost more than they do.
   */
  static void copy(int n, int[] x, int from, int[] odd, int step, int[] to, int at) {
    IntVector move = IntVector.fromArray(INTS, odd, 0).mul(step);
    IntVector.fromArray(INTS, x, from).add(move).intoArray(to, at);
    IntVector.fromArray(INTS, x, from + Lanes.COUNT).add(move).intoArray(to, at + Lanes.COUNT);
    for (int v = 2; v < n; v++) {
      int i = v * Lanes.COUNT;
      IntVector.fromArray(INTS, x, from + i).add(move).intoArray(to, at + i);
    }
  }

  /** {@code out[at + i * plane ...] = values[first + i]} for a vector each. */
  static void spread(float[] values, int first, int n, float[] out, int at, int plane) {
    for (int i = 0; i < n; i++) {
      FloatVector.broadcast(FLOATS, values[first + i]).intoArray(out, at + i * plane);
    }
  }
}
