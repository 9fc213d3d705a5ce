package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * What one core of this machine can do at most, measured: fused multiply-adds, and copies between
 * arrays of a size. Benchmarks give their figures relative to these. Needs the Vector API.
 */
public final class MachineLimits {
  /** Enough independent chains to fill the pipelines of two units of four cycles and more. */
  private static final int CHAINS = 16;

  private static final int STEPS = 1 << 14;
  private static final int PRIMING_CALLS = 20_000;

  /** How long each limit is looked for: long enough for the JIT, and for a quiet moment. */
  private static final double SECONDS = 0.5;

  /** Nothing with vectors is as slow: the JIT, short of processor time, has not got there yet. */
  private static final double COMPILED_FLOPS = 0.5e9 * COUNT;

  private static final double PATIENCE_SECONDS = 20;

  private MachineLimits() {}

  /** Float32 operations per second of fused multiply-adds in registers; one counts as two. */
  public static double fmaFlops() {
    float[] values = new float[CHAINS * COUNT];
    java.util.Arrays.fill(values, 1f);
    for (int call = 0; call < PRIMING_CALLS; call++) {
      chains(values, 2);
    }
    double best = Double.MAX_VALUE;
    double flops = 2.0 * STEPS * CHAINS * COUNT;
    long begin = System.nanoTime();
    double spent = 0;
    while (spent < SECONDS || flops / best < COMPILED_FLOPS && spent < PATIENCE_SECONDS) {
      long start = System.nanoTime();
      chains(values, STEPS);
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
      spent = (System.nanoTime() - begin) / 1e9;
    }
    return flops / best;
  }

  /** Seconds that this JVM has spent on priming kernels so far; see {@link VectorBackend}. */
  public static double primingSeconds() {
    return Priming.seconds();
  }

  private static void chains(float[] values, int steps) {
    FloatVector a = FloatVector.broadcast(FLOATS, 0.999f);
    FloatVector b = FloatVector.broadcast(FLOATS, 0.001f);
    FloatVector v0 = at(values, 0);
    FloatVector v1 = at(values, 1);
    FloatVector v2 = at(values, 2);
    FloatVector v3 = at(values, 3);
    FloatVector v4 = at(values, 4);
    FloatVector v5 = at(values, 5);
    FloatVector v6 = at(values, 6);
    FloatVector v7 = at(values, 7);
    FloatVector v8 = at(values, 8);
    FloatVector v9 = at(values, 9);
    FloatVector v10 = at(values, 10);
    FloatVector v11 = at(values, 11);
    FloatVector v12 = at(values, 12);
    FloatVector v13 = at(values, 13);
    FloatVector v14 = at(values, 14);
    FloatVector v15 = at(values, 15);
    for (int i = 0; i < steps; i++) {
      v0 = a.fma(b, v0);
      v1 = a.fma(b, v1);
      v2 = a.fma(b, v2);
      v3 = a.fma(b, v3);
      v4 = a.fma(b, v4);
      v5 = a.fma(b, v5);
      v6 = a.fma(b, v6);
      v7 = a.fma(b, v7);
      v8 = a.fma(b, v8);
      v9 = a.fma(b, v9);
      v10 = a.fma(b, v10);
      v11 = a.fma(b, v11);
      v12 = a.fma(b, v12);
      v13 = a.fma(b, v13);
      v14 = a.fma(b, v14);
      v15 = a.fma(b, v15);
    }
    v0.intoArray(values, 0);
    v1.intoArray(values, 1 * COUNT);
    v2.intoArray(values, 2 * COUNT);
    v3.intoArray(values, 3 * COUNT);
    v4.intoArray(values, 4 * COUNT);
    v5.intoArray(values, 5 * COUNT);
    v6.intoArray(values, 6 * COUNT);
    v7.intoArray(values, 7 * COUNT);
    v8.intoArray(values, 8 * COUNT);
    v9.intoArray(values, 9 * COUNT);
    v10.intoArray(values, 10 * COUNT);
    v11.intoArray(values, 11 * COUNT);
    v12.intoArray(values, 12 * COUNT);
    v13.intoArray(values, 13 * COUNT);
    v14.intoArray(values, 14 * COUNT);
    v15.intoArray(values, 15 * COUNT);
  }

  private static FloatVector at(float[] values, int chain) {
    return FloatVector.fromArray(FLOATS, values, chain * COUNT);
  }

  /**
   * Bytes per second that a core reads and writes together when it copies {@code floats} numbers
   * from one array to another, over and over; the best of many copies.
   */
  public static double copyBytesPerSecond(int floats) {
    float[] from = new float[floats];
    float[] to = new float[floats];
    java.util.Arrays.fill(from, 1f);
    int atOnce = Math.max(1, (1 << 18) / floats);
    double best = Double.MAX_VALUE;
    long begin = System.nanoTime();
    while ((System.nanoTime() - begin) / 1e9 < SECONDS) {
      long start = System.nanoTime();
      for (int i = 0; i < atOnce; i++) {
        System.arraycopy(from, 0, to, 0, floats);
      }
      best = Math.min(best, (System.nanoTime() - start) / 1e9 / atOnce);
    }
    return 2.0 * floats * Float.BYTES / best;
  }
}
