package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** One vector of windows; place k of each is {@code image[at + offsets[k]]}. */
final class PoolTiles {
  private PoolTiles() {}

  /** Plain adds from +0. */
  static void sum(float[] image, int at, int[] offsets, float[] out, int to) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int k = 0; k < offsets.length; k++) {
      sum = sum.add(FloatVector.fromArray(FLOATS, image, at + offsets[k]));
    }
    sum.intoArray(out, to);
  }

  /** That sum divided once. */
  static void average(
      float[] image, int at, int[] offsets, float[] divisors, int dt, float[] out, int to) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int k = 0; k < offsets.length; k++) {
      sum = sum.add(FloatVector.fromArray(FLOATS, image, at + offsets[k]));
    }
    sum.div(FloatVector.fromArray(FLOATS, divisors, dt)).intoArray(out, to);
  }

  /** The first of the largest, or NaN if any is; padded places hold minus infinity. */
  static void maximum(float[] image, int at, int[] offsets, float[] out, int to) {
    FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int k = 0; k < offsets.length; k++) {
      FloatVector value = FloatVector.fromArray(FLOATS, image, at + offsets[k]);
      VectorMask<Float> taken =
          value.compare(VectorOperators.GT, largest).or(value.compare(VectorOperators.NE, value));
      largest = largest.blend(value, taken);
    }
    largest.blend(Float.NaN, largest.compare(VectorOperators.NE, largest)).intoArray(out, to);
  }

  /** Divides {@code n} sums. */
  static void divide(float[] sums, int at, float[] divisors, int n) {
    int i = 0;
    for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
      FloatVector.fromArray(FLOATS, sums, at + i)
          .div(FloatVector.fromArray(FLOATS, divisors, i))
          .intoArray(sums, at + i);
    }
    for (; i < n; i++) {
      sums[at + i] /= divisors[i];
    }
  }
}
