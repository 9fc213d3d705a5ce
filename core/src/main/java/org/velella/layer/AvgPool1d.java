package org.velella.layer;

/**
 * The average of each window over {@code [N, C, L]}.
 *
 * @see PoolOperation
 * @seed activation_based.layer.AvgPool1d
 */
public final class AvgPool1d extends LayerModule {
  /** Windows of {@code kernel} elements side by side. */
  public AvgPool1d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public AvgPool1d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.AVERAGE, 1), "N, C, L");
  }
}
