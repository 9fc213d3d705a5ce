package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Adds weight rows, {@code width} numbers in whole vectors, to sums that lie in memory. */
final class ScatterTiles {
  private ScatterTiles() {}

  /** One spike, to sums of one vector each at several places. */
  static void spike(
      float[] sums, int at, int[] places, float[] weights, int row, int[] rows, int from, int end) {
    for (int i = from; i < end; i++) {
      FloatVector.fromArray(FLOATS, sums, at + places[i])
          .add(FloatVector.fromArray(FLOATS, weights, row + rows[i]))
          .intoArray(sums, at + places[i]);
    }
  }

  /** One spike, to sums of any width at several places. */
  static void spike(
      float[] sums,
      int at,
      int[] places,
      float[] weights,
      int row,
      int[] rows,
      int from,
      int end,
      int width) {
    for (int i = from; i < end; i++) {
      for (int v = 0; v < width; v += COUNT) {
        FloatVector.fromArray(FLOATS, sums, at + places[i] + v)
            .add(FloatVector.fromArray(FLOATS, weights, row + rows[i] + v))
            .intoArray(sums, at + places[i] + v);
      }
    }
  }

  /** {@code n} spikes, one after the other. */
  static void spikes(
      float[] sums, int at, float[] weights, int base, int[] rows, int n, int width) {
    for (int v = 0; v < width; v += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at + v);
      for (int i = 0; i < n; i++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, weights, base + rows[i] + v));
      }
      sum.intoArray(sums, at + v);
    }
  }

  /** {@code n} graded inputs, one fused term after the other. */
  static void graded(
      float[] sums,
      int at,
      float[] weights,
      int base,
      int[] rows,
      float[] values,
      int n,
      int width) {
    for (int v = 0; v < width; v += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at + v);
      for (int i = 0; i < n; i++) {
        FloatVector row = FloatVector.fromArray(FLOATS, weights, base + rows[i] + v);
        sum = row.fma(FloatVector.broadcast(FLOATS, values[i]), sum);
      }
      sum.intoArray(sums, at + v);
    }
  }

  /** {@code out[at + i * plane ...] = values[i]} for a vector each. */
  static void spread(float[] values, float[] out, int at, int plane) {
    for (int i = 0; i < values.length; i++) {
      FloatVector.broadcast(FLOATS, values[i]).intoArray(out, at + i * plane);
    }
  }
}
