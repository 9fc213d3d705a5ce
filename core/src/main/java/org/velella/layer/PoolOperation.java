package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Shape;

/**
 * A window over two spatial axes of {@code [C, H, W]}, or one of {@code [C, L]} or {@code [L]}.
 *
 * @param mode sum, average or maximum
 * @param kernel window length per spatial axis
 * @param stride per spatial axis
 * @param padding per spatial axis; padded elements are zeros for sum and average and never chosen
 *     by maximum
 * @param divisor what average divides by
 */
public record PoolOperation(Mode mode, Shape kernel, Shape stride, Shape padding, Divisor divisor)
    implements Operation {
  /** What becomes of a window. */
  public enum Mode {
    SUM,
    AVERAGE,
    MAXIMUM
  }

  /** What average pooling divides by at the border. */
  public enum Divisor {
    /** Always the window's size, PyTorch's count_include_pad (its default). */
    WINDOW,
    /** The number of elements that are not padding. */
    VALID
  }

  public PoolOperation {
    int axes = kernel.rank();
    boolean good = (axes == 1 || axes == 2) && stride.rank() == axes && padding.rank() == axes;
    for (int i = 0; good && i < axes; i++) {
      good =
          kernel.dim(i) >= 1
              && stride.dim(i) >= 1
              && padding.dim(i) >= 0
              && padding.dim(i) <= kernel.dim(i) / 2;
    }
    if (!good) {
      throw new IllegalArgumentException(
          "Pooling needs kernel and stride of at least 1 and padding of at most half the kernel on"
              + " 1 or 2 axes, found kernel %s, stride %s, padding %s"
                  .formatted(kernel, stride, padding));
    }
  }

  @Override
  public String kind() {
    return switch (mode) {
          case SUM -> "SumPool";
          case AVERAGE -> "AvgPool";
          case MAXIMUM -> "MaxPool";
        }
        + kernel.rank()
        + "d";
  }

  @Override
  public Shape outputShape(Shape input) {
    int first = input.rank() - kernel.rank();
    boolean line = kernel.rank() == 1 && first == 0;
    if (first != 1 && !line) {
      throw new IllegalArgumentException(
          kind() + " needs input of rank " + (kernel.rank() + 1) + ", found shape " + input);
    }
    int[] dims = input.toArray();
    for (int axis = 0; axis < kernel.rank(); axis++) {
      int at = first + axis;
      long padded = dims[at] + 2L * padding.dim(axis);
      dims[at] = Checks.windows(kind(), input, padded, kernel.dim(axis), stride.dim(axis));
    }
    return Shape.of(dims);
  }
}
