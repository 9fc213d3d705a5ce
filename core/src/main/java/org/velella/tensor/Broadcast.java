package org.velella.tensor;

/** NumPy's broadcasting rules: axes align at the end, and an axis of length 1 stretches. */
public final class Broadcast {
  private Broadcast() {}

  /**
   * For every element of {@code to}, the flat index of the element of {@code from} that it takes.
   *
   * @throws IllegalArgumentException if {@code from} does not broadcast to {@code to}
   */
  public static int[] indices(Shape from, Shape to) {
    int lead = to.rank() - from.rank();
    boolean fits = lead >= 0;
    for (int axis = 0; fits && axis < from.rank(); axis++) {
      fits = from.dim(axis) == 1 || from.dim(axis) == to.dim(axis + lead);
    }
    if (!fits) {
      throw new IllegalArgumentException("Shape " + from + " does not broadcast to " + to);
    }
    int[] indices = new int[to.size()];
    for (int i = 0; i < indices.length; i++) {
      int rest = i;
      int stride = 1;
      for (int axis = to.rank() - 1; axis >= lead; axis--) {
        int at = rest % to.dim(axis);
        rest /= to.dim(axis);
        int dim = from.dim(axis - lead);
        indices[i] += (dim == 1 ? 0 : at) * stride;
        stride *= dim;
      }
    }
    return indices;
  }
}
