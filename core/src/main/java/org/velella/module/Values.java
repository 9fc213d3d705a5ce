package org.velella.module;

import java.util.Arrays;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Tensors that memory values are made of. */
final class Values {
  private Values() {}

  /** Whether a value is a single number, whatever the input. */
  static boolean isNumber(MemoryValue value) {
    return value.kind() == MemoryValue.Kind.SCALAR || value.kind() == MemoryValue.Kind.INTEGER;
  }

  /** Whether a value is made of arrays, which may have an axis of samples. */
  static boolean isArrays(MemoryValue value) {
    return value.kind() == MemoryValue.Kind.TENSOR || value.kind() == MemoryValue.Kind.QUEUE;
  }

  /** A tensor whose elements are all one number, rounded once to the element type. */
  static Tensor filled(DType type, Shape shape, double number) {
    Tensor tensor = Tensor.zeros(type, shape);
    switch (type) {
      case FLOAT32 -> Arrays.fill(tensor.floats(), (float) number);
      case FLOAT64 -> Arrays.fill(tensor.doubles(), number);
      case INT32 -> Arrays.fill(tensor.ints(), (int) number);
      case INT64 -> Arrays.fill(tensor.longs(), (long) number);
      case UINT8 -> Arrays.fill(tensor.bytes(), (byte) (int) number);
      case BOOL -> Arrays.fill(tensor.bytes(), (byte) (number != 0 ? 1 : 0));
    }
    return tensor;
  }

  /**
   * Whether a number is one of a type once it is rounded: real types hold what does not become
   * infinite by it, whole ones what has no fraction and lies in their range.
   */
  static boolean holds(DType type, double number) {
    return switch (type) {
      case FLOAT32 -> Double.isInfinite(number) || !Float.isInfinite((float) number);
      case FLOAT64, BOOL -> true;
      case INT32 -> number == (int) number;
      case INT64 -> number == Math.rint(number) && Math.abs(number) <= 0x1p63;
      case UINT8 -> number == ((int) number & 0xFF);
    };
  }

  /** {@code samples} copies of one sample's tensor along a new first axis. */
  static Tensor repeat(Tensor sample, int samples) {
    int size = sample.size();
    Tensor all = Tensor.zeros(sample.dtype(), sample.shape().prepend(samples));
    for (int n = 0; n < samples; n++) {
      copy(sample, 0, all, n * size, size);
    }
    return all;
  }

  /** Copies flat elements between tensors of one type. */
  static void copy(Tensor from, int fromIndex, Tensor to, int toIndex, int count) {
    System.arraycopy(elements(from), fromIndex, elements(to), toIndex, count);
  }

  private static Object elements(Tensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32 -> tensor.floats();
      case FLOAT64 -> tensor.doubles();
      case INT32 -> tensor.ints();
      case INT64 -> tensor.longs();
      case UINT8, BOOL -> tensor.bytes();
    };
  }

  /** The first {@code samples} rows of a tensor, and {@code fresh} for those that it lacks. */
  static Tensor resized(Tensor old, Tensor fresh, int samples) {
    Tensor all = repeat(fresh, samples);
    copy(old, 0, all, 0, Math.min(old.size(), all.size()));
    return all;
  }

  /** A hash that agrees with {@link Tensor#bitEquals}: NaNs count as one. */
  static int hash(Tensor tensor) {
    int hash = 31 * tensor.dtype().hashCode() + tensor.shape().hashCode();
    for (int i = 0; i < Math.min(tensor.size(), 8); i++) {
      hash = 31 * hash + Double.hashCode(tensor.doubleAt(i));
    }
    return hash;
  }
}
