package org.velella.layer;

/**
 * The largest element of each window over {@code [N, C, H, W]}.
 *
 * @see PoolOperation
 * @seed activation_based.layer.MaxPool2d
 */
public final class MaxPool2d extends LayerModule {
  /** Windows of {@code kernel} by {@code kernel} elements side by side. */
  public MaxPool2d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public MaxPool2d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.MAXIMUM, 2), "N, C, H, W");
  }
}
