package org.velella.synapse;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.OperationModule;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * {@code y = W x} for a matrix with few synapses. Input {@code [N, sources]}, output {@code [N,
 * targets]}.
 *
 * @see SparseOperation
 */
public final class SparseProjection extends OperationModule {
  /**
   * A projection.
   *
   * @param weights one per synapse, finite, in the order of the connectivity; copied
   */
  public SparseProjection(Connectivity connectivity, float[] weights) {
    super(
        new SparseOperation(
            Shape.of(connectivity.sources()),
            Shape.of(connectivity.targets()),
            connectivity,
            Tensor.of(Shape.of(weights.length), weights.clone())));
  }

  /**
   * The projection whose synapses are the places of a FLOAT {@code [out, in]} that are not zero.
   */
  public static SparseProjection ofNonZero(INDArray weight) {
    Tensor matrix = NdArrays.toTensor(weight);
    Connectivity connectivity = Connectivity.ofNonZero(matrix);
    float[] weights = new float[connectivity.synapses()];
    for (int k = 0; k < connectivity.sources(); k++) {
      for (int e = connectivity.offsets()[k]; e < connectivity.offsets()[k + 1]; e++) {
        weights[e] = matrix.floats()[connectivity.columns()[e] * connectivity.sources() + k];
      }
    }
    return new SparseProjection(connectivity, weights);
  }
}
