package org.velella.layer;

/**
 * The average of each window over {@code [N, C, H, W]}.
 *
 * @see PoolOperation
 * @seed activation_based.layer.AvgPool2d
 */
public final class AvgPool2d extends LayerModule {
  /** Windows of {@code kernel} by {@code kernel} elements side by side. */
  public AvgPool2d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public AvgPool2d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.AVERAGE, 2), "N, C, H, W");
  }
}
