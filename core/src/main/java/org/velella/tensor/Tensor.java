package org.velella.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * A dense row-major array on the heap: a shape, an element type and the flat elements. It shares
 * the array that it was made from, and whoever is handed one does not write to it; {@link #copy()}
 * gives an own one.
 */
public final class Tensor {
  private static final int CANONICAL_NAN = 0x7fc00000;

  private final DType dtype;
  private final Shape shape;
  private final Object elements;

  private Tensor(DType dtype, Shape shape, Object elements, int length) {
    if (shape.size() != length) {
      throw new IllegalArgumentException(
          "Shape " + shape + " holds " + shape.size() + " elements, the array has " + length);
    }
    this.dtype = dtype;
    this.shape = shape;
    this.elements = elements;
  }

  public static Tensor of(Shape shape, float[] elements) {
    return new Tensor(DType.FLOAT32, shape, elements, elements.length);
  }

  public static Tensor of(Shape shape, double[] elements) {
    return new Tensor(DType.FLOAT64, shape, elements, elements.length);
  }

  public static Tensor of(Shape shape, int[] elements) {
    return new Tensor(DType.INT32, shape, elements, elements.length);
  }

  public static Tensor of(Shape shape, long[] elements) {
    return new Tensor(DType.INT64, shape, elements, elements.length);
  }

  /** A tensor of UINT8 or BOOL (0 or 1) elements. */
  public static Tensor of(DType dtype, Shape shape, byte[] elements) {
    if (dtype != DType.UINT8 && dtype != DType.BOOL) {
      throw new IllegalArgumentException("Bytes hold UINT8 or BOOL elements, not " + dtype);
    }
    return new Tensor(dtype, shape, elements, elements.length);
  }

  public static Tensor zeros(DType dtype, Shape shape) {
    int size = shape.size();
    return switch (dtype) {
      case FLOAT32 -> of(shape, new float[size]);
      case FLOAT64 -> of(shape, new double[size]);
      case INT32 -> of(shape, new int[size]);
      case INT64 -> of(shape, new long[size]);
      case UINT8, BOOL -> of(dtype, shape, new byte[size]);
    };
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  public int size() {
    return shape.size();
  }

  /** The flat elements themselves, not a copy. */
  public float[] floats() {
    return (float[]) require(DType.FLOAT32);
  }

  public double[] doubles() {
    return (double[]) require(DType.FLOAT64);
  }

  public int[] ints() {
    return (int[]) require(DType.INT32);
  }

  public long[] longs() {
    return (long[]) require(DType.INT64);
  }

  /** The flat elements of a UINT8 or BOOL tensor. */
  public byte[] bytes() {
    if (elements instanceof byte[] bytes) {
      return bytes;
    }
    throw new IllegalStateException("The tensor holds " + dtype + ", asked for UINT8 or BOOL");
  }

  private Object require(DType wanted) {
    if (dtype != wanted) {
      throw new IllegalStateException("The tensor holds " + dtype + ", asked for " + wanted);
    }
    return elements;
  }

  /** The element at a flat index, exactly, for every type but INT64 beyond 2^53. */
  public double doubleAt(int index) {
    return switch (dtype) {
      case FLOAT32 -> floats()[index];
      case FLOAT64 -> doubles()[index];
      case INT32 -> ints()[index];
      case INT64 -> longs()[index];
      case UINT8 -> bytes()[index] & 0xff;
      case BOOL -> bytes()[index];
    };
  }

  /** All elements as float64. */
  public double[] toDoubles() {
    double[] doubles = new double[size()];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = doubleAt(i);
    }
    return doubles;
  }

  /** All elements rounded once to float32; a new array. */
  public float[] toFloats() {
    if (dtype == DType.FLOAT32) {
      return floats().clone();
    }
    float[] floats = new float[size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubleAt(i);
    }
    return floats;
  }

  /** The same elements under another shape of the same size. */
  public Tensor reshape(Shape other) {
    return new Tensor(dtype, other, elements, size());
  }

  /** Rows {@code [from, to)} of the first axis; a copy. */
  public Tensor rows(int from, int to) {
    Shape row = shape.dropFirst(1);
    int stride = row.size();
    Tensor part = zeros(dtype, row.prepend(to - from));
    System.arraycopy(elements, from * stride, part.elements, 0, (to - from) * stride);
    return part;
  }

  /** Writes one row of the first axis; for whoever made this tensor. */
  public void setRow(int index, Tensor row) {
    System.arraycopy(row.elements, 0, elements, index * row.size(), row.size());
  }

  /**
   * Writes consecutive rows of the first axis from {@code index} on; for whoever made this tensor.
   */
  public void setRows(int index, Tensor rows) {
    int stride = shape.dropFirst(1).size();
    System.arraycopy(rows.elements, 0, elements, index * stride, rows.size());
  }

  public Tensor copy() {
    Tensor copy = zeros(dtype, shape);
    System.arraycopy(elements, 0, copy.elements, 0, size());
    return copy;
  }

  /** Whether type, shape and every bit agree, where all NaNs count as one. */
  public boolean bitEquals(Tensor other) {
    if (dtype != other.dtype || !shape.equals(other.shape)) {
      return false;
    }
    if (elements instanceof float[] mine) {
      float[] theirs = other.floats();
      for (int i = 0; i < mine.length; i++) {
        if (canonicalBits(mine[i]) != canonicalBits(theirs[i])) {
          return false;
        }
      }
      return true;
    }
    // Arrays.equals on double[] compares by Double.doubleToLongBits: one NaN, two zeros.
    return Objects.deepEquals(elements, other.elements);
  }

  /** The bits of a float32 as the engine writes it: every NaN is 0x7fc00000. */
  public static int canonicalBits(float value) {
    return value != value ? CANONICAL_NAN : Float.floatToRawIntBits(value);
  }

  @Override
  public String toString() {
    Object[] wrapped = {elements};
    String text = Arrays.deepToString(wrapped);
    return dtype + " " + shape + " " + (text.length() > 120 ? text.substring(0, 120) + "…" : text);
  }
}
