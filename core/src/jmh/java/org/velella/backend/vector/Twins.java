package org.velella.backend.vector;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Holds one way to a result to another. */
final class Twins {
  /** What sums in another order, or other functions, may differ by, of 1 or of the value. */
  private static final double TOLERANCE = 1e-4;

  private Twins() {}

  /** Makes ND4J compute on one thread, as everything else here does. */
  static void oneThread() {
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
  }

  static void requireBits(String what, float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(found[i]) != Float.floatToRawIntBits(expected[i])) {
        throw differs(what, i, expected[i], found[i]);
      }
    }
  }

  /** Compares an array in the order of its elements. */
  static void requireNear(String what, float[] expected, INDArray found) {
    float[] values = found.dup('c').data().asFloat();
    if (values.length != expected.length) {
      throw new IllegalStateException(
          what + ": " + values.length + " elements instead of " + expected.length);
    }
    for (int i = 0; i < values.length; i++) {
      double bound = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      if (!(Math.abs(values[i] - expected[i]) <= bound)) {
        throw differs(what, i, expected[i], values[i]);
      }
    }
  }

  /** Compares the mean of random numbers, within six standard deviations. */
  static void requireMean(String what, double sum, int count, double mean, double variance) {
    if (!(Math.abs(sum - count * mean) <= 6 * Math.sqrt(count * variance))) {
      throw new IllegalStateException(what + ": mean " + sum / count + " instead of " + mean);
    }
  }

  private static IllegalStateException differs(String what, int i, float expected, float found) {
    return new IllegalStateException(
        "%s, element %d: %s instead of %s".formatted(what, i, found, expected));
  }
}
