package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * How fast this JVM is at vector code right now, measured by a loop that every compiler masters. A
 * neighbour that takes the core makes it slow as well, so what it says can be held against kernels.
 */
final class Calibration {
  /** Vector operations per vector of the loop, loads and stores among them. */
  private static final int OPERATIONS = 8;

  private static final int LENGTH = 4096;
  private static final int ROUNDS = 16;

  /** So long the first measurement runs before it counts, or until the loop is compiled. */
  private static final int FIRST_PASSES = 3000;

  private static final long FIRST_NANOS = 60_000_000L;

  private static final Calibration HERE = new Calibration();

  private final long nanos;
  private final float[] a = new float[LENGTH];
  private final float[] b = new float[LENGTH];

  private Calibration() {
    Arrays.fill(a, 0.5f);
    Arrays.fill(b, 0.25f);
    long start = System.nanoTime();
    long end = start + FIRST_NANOS;
    for (int i = 0; i < FIRST_PASSES && System.nanoTime() < end; i++) {
      pass(a, b);
    }
    nanos = System.nanoTime() - start;
  }

  /** How long the first use took, which counts as priming. */
  static long nanos() {
    return HERE.nanos;
  }

  /** Nanoseconds per vector operation, the best of a few rounds. Safe for several threads. */
  static double nanosPerOperationHere() {
    return HERE.nanosPerOperation();
  }

  private synchronized double nanosPerOperation() {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      pass(a, b);
      best = Math.min(best, System.nanoTime() - start);
    }
    return Math.max(1, best) / (double) (LENGTH / COUNT * OPERATIONS);
  }

  private static void pass(float[] a, float[] b) {
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    for (int i = 0; i < LENGTH; i += COUNT) {
      FloatVector x = FloatVector.fromArray(FLOATS, a, i);
      FloatVector y = FloatVector.fromArray(FLOATS, b, i);
      FloatVector z = x.sub(y).mul(half).add(y);
      z.intoArray(a, i);
      z.mul(half).add(half).intoArray(b, i);
    }
  }
}
