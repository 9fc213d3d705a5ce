package org.velella.layer;

/**
 * The sum of each window over {@code [N, C, L]}.
 *
 * @see PoolOperation
 */
public final class SumPool1d extends LayerModule {
  /** Windows of {@code kernel} elements side by side. */
  public SumPool1d(int kernel) {
    this(PoolOptions.ofKernel(kernel));
  }

  public SumPool1d(PoolOptions options) {
    super(options.operation(PoolOperation.Mode.SUM, 1), "N, C, L");
  }
}
