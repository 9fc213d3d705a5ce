package org.velella.synapse;

import org.velella.module.OperationModule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A {@link SparseProjection} whose weights learn. Inputs: {@code x} and {@code pre} {@code [N,
 * sources]}, {@code post} {@code [N, targets]}, and for rewarded rules {@code reward} {@code [N,
 * 1]}; output {@code [N, targets]}, of the weights before the step. Memories: {@code weight} {@code
 * [N, synapses]} and those of the rule; samples do not share what they learn.
 *
 * @see PlasticOperation
 */
public final class PlasticProjection extends OperationModule {
  /**
   * A projection.
   *
   * @param weights where the weights start, one per synapse, in the order of the connectivity;
   *     copied
   */
  public PlasticProjection(Connectivity connectivity, float[] weights, LearningRule rule) {
    this(
        new PlasticOperation(
            Shape.of(connectivity.sources()),
            Shape.of(connectivity.targets()),
            connectivity,
            Tensor.of(Shape.of(weights.length), weights.clone()),
            rule));
  }

  private PlasticProjection(PlasticOperation operation) {
    super(operation, PlasticLinear.memories(operation));
  }
}
