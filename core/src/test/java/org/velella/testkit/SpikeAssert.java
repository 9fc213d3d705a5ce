package org.velella.testkit;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Compares recordings {@code [T, N, *]} and says where they part. */
public final class SpikeAssert {
  private static final int SHOWN = 5;

  private SpikeAssert() {}

  /**
   * Passes if two recordings have equal shapes and bits.
   *
   * @param name what was recorded, such as a node's name
   * @param expected float32 {@code [T, N, *]}
   * @param actual the same
   */
  public static void assertSpikesEqual(String name, Tensor expected, Tensor actual) {
    assertRecordingsAgree(name, expected, actual, Agreement.BITS);
  }

  /** As {@link #assertSpikesEqual}, for any values and any notion of being equal. */
  public static void assertRecordingsAgree(
      String name, Tensor expected, Tensor actual, Agreement agreement) {
    requireRecording(name, expected, actual);
    Shape shape = expected.shape();
    int samples = shape.dim(1);
    int neurons = shape.dropFirst(2).size();
    Differences differences = new Differences(name, SHOWN);
    float[] want = expected.floats();
    float[] got = actual.floats();
    for (int i = 0; i < want.length; i++) {
      if (!agreement.holds(want[i], got[i])) {
        int step = i / neurons / samples;
        differences.add(i / neurons % samples, i % neurons, step, want[i], got[i]);
      }
    }
    differences.failIfAny(want.length);
  }

  private static void requireRecording(String name, Tensor expected, Tensor actual) {
    if (!expected.shape().equals(actual.shape())) {
      throw new AssertionError(
          "%s: expected shape %s, got %s".formatted(name, expected.shape(), actual.shape()));
    }
    if (expected.shape().rank() < 2 || expected.dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(
          name + ": a recording is float32 [T, N, *], not " + expected);
    }
    if (actual.dtype() != DType.FLOAT32) {
      throw new AssertionError("%s: expected float32, got %s".formatted(name, actual.dtype()));
    }
  }
}
