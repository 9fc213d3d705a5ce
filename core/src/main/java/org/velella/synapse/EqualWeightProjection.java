package org.velella.synapse;

import org.velella.module.OperationModule;
import org.velella.tensor.Shape;

/**
 * A projection whose synapses share one weight: counts the spikes that reach a target. Input {@code
 * [N, sources]} of whole numbers of spikes, output {@code [N, targets]}.
 *
 * @see EqualWeightOperation
 */
public final class EqualWeightProjection extends OperationModule {
  /**
   * A projection.
   *
   * @param weight of every synapse, rounded to float32
   */
  public EqualWeightProjection(Connectivity connectivity, double weight) {
    super(
        new EqualWeightOperation(
            Shape.of(connectivity.sources()),
            Shape.of(connectivity.targets()),
            connectivity,
            (float) weight));
  }
}
