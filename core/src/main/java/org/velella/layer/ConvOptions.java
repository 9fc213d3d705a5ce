package org.velella.layer;

import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * How a convolution's window moves. Each setting takes one number for all spatial axes or one per
 * axis; {@link #DEFAULT} is stride 1, no padding, dilation 1 and one group.
 */
public final class ConvOptions {
  public static final ConvOptions DEFAULT =
      new ConvOptions(Shape.of(1), Shape.of(0), Shape.of(0), Shape.of(1), 1);

  private final Shape stride;
  private final Shape padding;
  private final Shape paddingEnd;
  private final Shape dilation;
  private final int groups;

  private ConvOptions(Shape stride, Shape padding, Shape paddingEnd, Shape dilation, int groups) {
    this.stride = stride;
    this.padding = padding;
    this.paddingEnd = paddingEnd;
    this.dilation = dilation;
    this.groups = groups;
  }

  public ConvOptions withStride(int... perAxis) {
    return new ConvOptions(Shape.of(perAxis), padding, paddingEnd, dilation, groups);
  }

  /** Zeros on both sides of every spatial axis. */
  public ConvOptions withPadding(int... perAxis) {
    return withPadding(Shape.of(perAxis), Shape.of(perAxis));
  }

  /** Zeros before the first and after the last element of every spatial axis. */
  public ConvOptions withPadding(Shape before, Shape after) {
    return new ConvOptions(stride, before, after, dilation, groups);
  }

  public ConvOptions withDilation(int... perAxis) {
    return new ConvOptions(stride, padding, paddingEnd, Shape.of(perAxis), groups);
  }

  public ConvOptions withGroups(int count) {
    return new ConvOptions(stride, padding, paddingEnd, dilation, count);
  }

  ConvOperation operation(int spatial, Tensor weight, Tensor bias) {
    return new ConvOperation(
        spatial,
        weight,
        bias,
        spread(stride, spatial),
        spread(padding, spatial),
        spread(paddingEnd, spatial),
        spread(dilation, spatial),
        groups);
  }

  /** One number stands for all axes. */
  static Shape spread(Shape setting, int axes) {
    return setting.rank() == 1 && axes == 2 ? setting.prepend(setting.dim(0)) : setting;
  }
}
