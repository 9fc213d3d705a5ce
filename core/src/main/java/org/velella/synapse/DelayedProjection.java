package org.velella.synapse;

import java.util.List;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A sparse projection with a weight and a delay for each synapse. Input {@code [N, sources]},
 * output {@code [N, targets]}. Memory: {@code pending}, what is still on its way.
 *
 * @see DelayedSparseOperation
 */
public final class DelayedProjection extends OperationModule {
  /**
   * A projection.
   *
   * @param weights one per synapse, finite, in the order of the connectivity; copied
   * @param steps as many, not negative, at least one of them positive; copied
   */
  public DelayedProjection(Connectivity connectivity, float[] weights, int[] steps) {
    super(
        new DelayedSparseOperation(
            Shape.of(connectivity.sources()),
            Shape.of(connectivity.targets()),
            connectivity,
            Tensor.of(Shape.of(weights.length), weights.clone()),
            Tensor.of(Shape.of(steps.length), steps.clone())),
        List.of(new NamedMemory(DelayedSparseOperation.PENDING, MemoryValue.empty())));
  }
}
