package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Cross-correlation over one or two spatial axes, as PyTorch's Conv1d and Conv2d.
 *
 * @param spatial 1 or 2
 * @param weight float32 {@code [out, in / groups, kernel...]}
 * @param bias float32 {@code [out]}, or null
 * @param stride per spatial axis
 * @param padding zeros added before the first element of each spatial axis
 * @param paddingEnd zeros added after the last element (equal to {@code padding} but for "same"
 *     with an even extent)
 * @param dilation per spatial axis
 * @param groups input and output channels fall into this many blocks
 */
public record ConvOperation(
    int spatial,
    Tensor weight,
    Tensor bias,
    Shape stride,
    Shape padding,
    Shape paddingEnd,
    Shape dilation,
    int groups)
    implements Operation {
  public ConvOperation {
    String layer = "Conv" + spatial + "d";
    if (spatial != 1 && spatial != 2) {
      throw new IllegalArgumentException("Convolution over " + spatial + " axes; 1 or 2 are known");
    }
    Checks.require(layer, "weight", weight, spatial + 2);
    if (groups < 1 || weight.shape().dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d output channels do not fall into %d groups"
              .formatted(layer, weight.shape().dim(0), groups));
    }
    if (bias != null) {
      Checks.require(layer, "bias", bias, 1);
      if (bias.size() != weight.shape().dim(0)) {
        throw new IllegalArgumentException(
            layer + " bias " + bias.shape() + " does not fit weight " + weight.shape());
      }
    }
    requireAxes(layer, "stride", stride, spatial, 1);
    requireAxes(layer, "padding", padding, spatial, 0);
    requireAxes(layer, "padding", paddingEnd, spatial, 0);
    requireAxes(layer, "dilation", dilation, spatial, 1);
  }

  private static void requireAxes(String layer, String name, Shape value, int axes, int least) {
    boolean good = value.rank() == axes;
    for (int i = 0; good && i < axes; i++) {
      good = value.dim(i) >= least;
    }
    if (!good) {
      throw new IllegalArgumentException(
          "%s %s must be %d numbers of at least %d, found %s"
              .formatted(layer, name, axes, least, value));
    }
  }

  @Override
  public String kind() {
    return "Conv" + spatial + "d";
  }

  /** {@code [C, L]} or {@code [C, H, W]} to the same rank. */
  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != spatial + 1 || input.dim(0) != weight.shape().dim(1) * groups) {
      throw new IllegalArgumentException(
          "%s with weight %s and %d groups cannot take input of shape %s"
              .formatted(kind(), weight.shape(), groups, input));
    }
    int[] dims = new int[spatial + 1];
    dims[0] = weight.shape().dim(0);
    for (int axis = 0; axis < spatial; axis++) {
      long extent = (long) dilation.dim(axis) * (weight.shape().dim(2 + axis) - 1) + 1;
      long padded = (long) input.dim(axis + 1) + padding.dim(axis) + paddingEnd.dim(axis);
      dims[axis + 1] = Checks.windows(kind(), input, padded, extent, stride.dim(axis));
    }
    return Shape.of(dims);
  }
}
