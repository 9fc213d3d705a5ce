package org.velella.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Compares the memories of two runs and says where they part. */
public final class MemoryAssert {
  private static final int SHOWN = 5;

  private MemoryAssert() {}

  /**
   * Passes if two runs have memories of equal names in the same order, types, shapes and bits.
   *
   * @param step the step after which the memories were taken, for the message
   * @param expected by name, in extraction order, each {@code [N, *]}
   * @param actual the same
   */
  public static void assertMemoriesEqual(
      int step, Map<String, Tensor> expected, Map<String, Tensor> actual) {
    assertMemoriesAgree(step, expected, actual, Agreement.BITS);
  }

  /** As {@link #assertMemoriesEqual}, with another notion of equal for float32 memories. */
  public static void assertMemoriesAgree(
      int step, Map<String, Tensor> expected, Map<String, Tensor> actual, Agreement agreement) {
    List<String> wanted = new ArrayList<>(expected.keySet());
    List<String> got = new ArrayList<>(actual.keySet());
    if (!wanted.equals(got)) {
      throw new AssertionError("Expected memories " + wanted + ", got " + got);
    }
    for (String name : wanted) {
      compare(name, step, expected.get(name), actual.get(name), agreement);
    }
  }

  private static void compare(
      String name, int step, Tensor expected, Tensor actual, Agreement agreement) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      throw new AssertionError(
          "%s: expected %s %s, got %s %s"
              .formatted(name, expected.dtype(), expected.shape(), actual.dtype(), actual.shape()));
    }
    if (expected.dtype() != DType.FLOAT32) {
      if (!expected.bitEquals(actual)) {
        throw new AssertionError(
            "%s, step %d: expected %s, got %s".formatted(name, step, expected, actual));
      }
      return;
    }
    Shape shape = expected.shape();
    int neurons = shape.rank() == 0 ? 1 : shape.dropFirst(1).size();
    Differences differences = new Differences(name, SHOWN);
    float[] want = expected.floats();
    float[] got = actual.floats();
    for (int i = 0; i < want.length; i++) {
      if (!agreement.holds(want[i], got[i])) {
        differences.add(i / neurons, i % neurons, step, want[i], got[i]);
      }
    }
    differences.failIfAny(want.length);
  }
}
