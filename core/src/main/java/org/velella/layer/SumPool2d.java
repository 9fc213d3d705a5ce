package org.velella.layer;

/**
 * The sum of each window over {@code [N, C, H, W]}.
 *
 * @see PoolOperation
 */
public final class SumPool2d extends LayerModule {
  /** Windows of {@code kernel} by {@code kernel} elements side by side. */
  public SumPool2d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public SumPool2d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.SUM, 2), "N, C, H, W");
  }
}
