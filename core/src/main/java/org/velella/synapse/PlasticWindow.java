package org.velella.synapse;

import org.velella.tensor.Shape;

/**
 * How the kernel of a convolution that learns moves over what it reads; without gaps, and from
 * every channel to every channel.
 *
 * @param stride for each axis, 1 or 2 of them
 * @param padding zeros on both sides of each axis
 */
public record PlasticWindow(Shape stride, Shape padding) {
  public PlasticWindow {
    boolean good = stride.rank() == padding.rank() && stride.rank() > 0 && stride.rank() < 3;
    for (int axis = 0; good && axis < stride.rank(); axis++) {
      good = stride.dim(axis) >= 1 && padding.dim(axis) >= 0;
    }
    if (!good) {
      throw new IllegalArgumentException(
          "A window needs a stride from 1 on and a padding from 0 on for each of 1 or 2 axes, found %s and %s"
              .formatted(stride, padding));
    }
  }

  /** One that moves by one element over two axes. */
  public static PlasticWindow image(int padding) {
    return new PlasticWindow(Shape.of(1, 1), Shape.of(padding, padding));
  }

  /**
   * The shape {@code [out, *]} of what it gives; {@code [B, out, *]} of B rows that share weights.
   *
   * @param source {@code [in, *]} or {@code [B, in, *]}
   * @param weight {@code [out, in, *]}, the kernel behind the channels
   * @throws IllegalArgumentException if they do not fit each other
   */
  public Shape target(Shape source, Shape weight) {
    if (source.rank() == stride.rank() + 2) {
      return target(source.dropFirst(1), weight).prepend(source.dim(0));
    }
    int axes = stride.rank();
    boolean fits =
        source.rank() == axes + 1
            && weight.rank() == axes + 2
            && weight.size() > 0
            && weight.dim(1) == source.dim(0);
    int[] target = new int[axes + 1];
    for (int axis = 0; fits && axis < axes; axis++) {
      long room = source.dim(axis + 1) + 2L * padding.dim(axis) - weight.dim(axis + 2);
      fits = room >= 0 && room / stride.dim(axis) < Integer.MAX_VALUE;
      target[axis + 1] = (int) (room / stride.dim(axis)) + 1;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "%s with weight %s and padding %s cannot take input of shape %s"
              .formatted(kind(), weight, padding, source));
    }
    target[0] = weight.dim(0);
    return Shape.of(target);
  }

  String kind() {
    return "PlasticConv" + stride.rank() + "d";
  }
}
