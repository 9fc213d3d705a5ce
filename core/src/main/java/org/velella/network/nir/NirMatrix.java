package org.velella.network.nir;

import java.util.Arrays;
import java.util.Optional;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.Node;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Sparse projections as the matrices that NIR has for them, with zeros where nothing connects. */
final class NirMatrix {
  private NirMatrix() {}

  /**
   * The projection of a node as a Linear; empty if it is none.
   *
   * @throws NirException if populations have several axes, or the matrix is too large
   */
  static Optional<Operation> of(Node node) {
    if (node.operation() instanceof SparseOperation sparse) {
      float[] weights = sparse.weight().floats();
      return Optional.of(
          matrix(node, sparse.source(), sparse.target(), sparse.connectivity(), weights));
    }
    if (node.operation() instanceof EqualWeightOperation equal) {
      float[] weights = new float[equal.connectivity().synapses()];
      Arrays.fill(weights, equal.weight());
      return Optional.of(
          matrix(node, equal.source(), equal.target(), equal.connectivity(), weights));
    }
    return Optional.empty();
  }

  /** What is said of such a node. */
  static Optional<String> note(Node node) {
    boolean equal = node.operation() instanceof EqualWeightOperation;
    return equal || node.operation() instanceof SparseOperation
        ? Optional.of(
            "node %s (%s) is written as Linear, a matrix with zeros where nothing connects, which computes the same numbers%s; read again it is a Linear"
                .formatted(
                    node.path(),
                    node.operation().kind(),
                    equal
                        ? " rounded at each spike, so that a spike at the threshold may differ"
                        : ""))
        : Optional.empty();
  }

  private static LinearOperation matrix(
      Node node, Shape source, Shape target, Connectivity connectivity, float[] weights) {
    if (source.rank() != 1 || target.rank() != 1) {
      throw NirExport.refusal(
          node,
          "a Linear of NIR reads and writes one axis, found populations of %s and %s; flatten them"
              .formatted(source, target));
    }
    long elements = (long) source.size() * target.size();
    if (elements > Integer.MAX_VALUE - Long.BYTES) {
      throw NirExport.refusal(
          node, "its matrix of %s by %s is too large for an array".formatted(target, source));
    }
    int[] offsets = connectivity.offsets();
    int[] columns = connectivity.columns();
    float[] matrix = new float[(int) elements];
    for (int k = 0; k < source.size(); k++) {
      for (int e = offsets[k]; e < offsets[k + 1]; e++) {
        matrix[columns[e] * source.size() + k] = weights[e];
      }
    }
    return new LinearOperation(Tensor.of(Shape.of(target.size(), source.size()), matrix), null);
  }
}
