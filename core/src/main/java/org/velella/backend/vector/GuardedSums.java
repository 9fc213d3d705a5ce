package org.velella.backend.vector;

import org.velella.backend.EdgeSums;

/** Sums edges on vectors while that keeps its pace, else by plain loops. */
final class GuardedSums implements EdgeSums {
  /** Loads, adds and a store of a vector of three edges, and what the loop takes. */
  private static final double PER_VECTOR = 8;

  private static final int NUMBERS = 4;

  private final EdgeSums vectors = new VectorSums();
  private final EdgeSums plain;
  private final CallTimer timer;
  private final KernelPace pace;

  GuardedSums(Watches watches) {
    plain = watches.plain().sums();
    timer = watches.timer();
    pace = watches.pace(KernelForm.SUMS);
  }

  @Override
  public void two(float[] a, int i, float[] b, int j, float[] out, int to, int length) {
    if (pace.slow()) {
      plain.two(a, i, b, j, out, to, length);
      return;
    }
    long begun = timer.begin();
    vectors.two(a, i, b, j, out, to, length);
    end(begun, length);
  }

  @Override
  public void three(
      float[] a, int i, float[] b, int j, float[] c, int k, float[] out, int to, int length) {
    if (pace.slow()) {
      plain.three(a, i, b, j, c, k, out, to, length);
      return;
    }
    long begun = timer.begin();
    vectors.three(a, i, b, j, c, k, out, to, length);
    end(begun, length);
  }

  private void end(long begun, int length) {
    double bytes = (double) NUMBERS * Float.BYTES * length;
    timer.end(begun, pace, PER_VECTOR * (Lanes.vectors(length) + Lanes.COUNT), bytes);
  }
}
