package org.velella.layer;

/**
 * The largest element of each window over {@code [N, C, L]}.
 *
 * @see PoolOperation
 * @seed activation_based.layer.MaxPool1d
 */
public final class MaxPool1d extends LayerModule {
  /** Windows of {@code kernel} elements side by side. */
  public MaxPool1d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public MaxPool1d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.MAXIMUM, 1), "N, C, L");
  }
}
