package org.velella.layer;

/**
 * The average of each group of neurons side by side, as their vote for one class: input {@code [N,
 * classes * size]}, output {@code [N, classes]}. What is left over at the end does not vote.
 *
 * @see PoolOperation
 * @seed activation_based.layer.VotingLayer
 */
public final class VotingLayer extends LayerModule {
  /** The seed's groups of ten. */
  public VotingLayer() {
    this(10);
  }

  /**
   * Groups of {@code size} neurons.
   *
   * @throws IllegalArgumentException if the size is below 1
   */
  public VotingLayer(int size) {
    super(PoolOptions.ofKernel(size).operation(PoolOperation.Mode.AVERAGE, 1), "N, K", "N, C, K");
  }
}
