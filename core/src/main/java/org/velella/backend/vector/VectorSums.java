package org.velella.backend.vector;

import jdk.incubator.vector.FloatVector;
import org.velella.backend.EdgeSums;

/** The JIT makes no vectors of a loop over arrays that begin at different places. */
final class VectorSums implements EdgeSums {
  @Override
  public void two(float[] a, int i, float[] b, int j, float[] out, int to, int length) {
    int e = 0;
    for (; e < Lanes.FLOATS.loopBound(length); e += Lanes.COUNT) {
      FloatVector first = FloatVector.fromArray(Lanes.FLOATS, a, i + e);
      first.add(FloatVector.fromArray(Lanes.FLOATS, b, j + e)).intoArray(out, to + e);
    }
    for (; e < length; e++) {
      out[to + e] = a[i + e] + b[j + e];
    }
  }

  @Override
  public void three(
      float[] a, int i, float[] b, int j, float[] c, int k, float[] out, int to, int length) {
    int e = 0;
    for (; e < Lanes.FLOATS.loopBound(length); e += Lanes.COUNT) {
      FloatVector first = FloatVector.fromArray(Lanes.FLOATS, a, i + e);
      FloatVector both = first.add(FloatVector.fromArray(Lanes.FLOATS, b, j + e));
      both.add(FloatVector.fromArray(Lanes.FLOATS, c, k + e)).intoArray(out, to + e);
    }
    for (; e < length; e++) {
      out[to + e] = a[i + e] + b[j + e] + c[k + e];
    }
  }
}
