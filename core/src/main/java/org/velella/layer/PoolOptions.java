package org.velella.layer;

import org.velella.tensor.Shape;

/**
 * How a pooling window moves: kernel, stride (the kernel unless set) and padding (none unless set),
 * each one number for all spatial axes or one per axis.
 */
public final class PoolOptions {
  private final Shape kernel;
  private final Shape stride;
  private final Shape padding;
  private final PoolOperation.Divisor divisor;

  private PoolOptions(Shape kernel, Shape stride, Shape padding, PoolOperation.Divisor divisor) {
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
    this.divisor = divisor;
  }

  public static PoolOptions ofKernel(int... perAxis) {
    Shape kernel = Shape.of(perAxis);
    return new PoolOptions(kernel, kernel, Shape.of(0), PoolOperation.Divisor.WINDOW);
  }

  public PoolOptions withStride(int... perAxis) {
    return new PoolOptions(kernel, Shape.of(perAxis), padding, divisor);
  }

  /** Places before and after every spatial axis, at most half the kernel. */
  public PoolOptions withPadding(int... perAxis) {
    return new PoolOptions(kernel, stride, Shape.of(perAxis), divisor);
  }

  /** What an average divides by where a window holds padding; the whole window unless set. */
  public PoolOptions withDivisor(PoolOperation.Divisor count) {
    return new PoolOptions(kernel, stride, padding, count);
  }

  PoolOperation operation(PoolOperation.Mode mode, int spatial) {
    return new PoolOperation(
        mode,
        ConvOptions.spread(kernel, spatial),
        ConvOptions.spread(stride, spatial),
        ConvOptions.spread(padding, spatial),
        divisor);
  }
}
