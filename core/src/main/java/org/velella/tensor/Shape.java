package org.velella.tensor;

import java.util.Arrays;

/**
 * An immutable list of axis lengths, row-major. Axes come as {@code [T, N, *]}: time, batch,
 * features; most shapes in the engine are per sample, so features only.
 */
public final class Shape {
  /** The shape of a single number. */
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * The shape with these axis lengths.
   *
   * @throws IllegalArgumentException if a length is negative
   */
  public static Shape of(int... dims) {
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "Negative axis length in shape " + Arrays.toString(dims));
      }
    }
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** As {@link #of(int...)}, from the 64-bit lengths that ND4J and HDF5 use. */
  public static Shape of(long[] dims) {
    int[] narrow = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      narrow[i] = Math.toIntExact(dims[i]);
    }
    return of(narrow);
  }

  public int rank() {
    return dims.length;
  }

  public int dim(int axis) {
    return dims[axis];
  }

  /**
   * The number of elements; 1 for a scalar.
   *
   * @throws ArithmeticException if it exceeds 2^31 - 1
   */
  public int size() {
    int size = 1;
    for (int dim : dims) {
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }

  /** This shape with one more axis in front, such as the batch. */
  public Shape prepend(int dim) {
    int[] more = new int[dims.length + 1];
    more[0] = dim;
    System.arraycopy(dims, 0, more, 1, dims.length);
    return of(more);
  }

  /** This shape without its first {@code axes} axes. */
  public Shape dropFirst(int axes) {
    return of(Arrays.copyOfRange(dims, axes, dims.length));
  }

  public int[] toArray() {
    return dims.clone();
  }

  public long[] toLongArray() {
    return Arrays.stream(dims).asLongStream().toArray();
  }

  /** Where the element with this number stands, in row-major order: its index on each axis. */
  public int[] index(int element) {
    int[] at = new int[dims.length];
    for (int axis = dims.length - 1, rest = element; axis >= 0; axis--) {
      at[axis] = rest % dims[axis];
      rest /= dims[axis];
    }
    return at;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dims, that.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
