package org.velella.synapse;

import org.velella.module.Operation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A sparse projection with a weight per synapse: {@code y[o] = sum of w[k, o] * x[k]} over the
 * sources k that have a synapse to o, ascending, from +0 with one fused multiply-add per term, then
 * {@code + 0.0f}. For finite inputs that is what {@code Linear} gives for the matrix with zeros in
 * the other places, bit for bit; an input that is not finite only reaches what it has synapses to.
 *
 * @param source the shape of the population that it reads, flattened row-major
 * @param target the shape of the population that it writes
 * @param weight float32, one per synapse, in the order of the connectivity
 */
public record SparseOperation(Shape source, Shape target, Connectivity connectivity, Tensor weight)
    implements Operation {
  private static final String KIND = "SparseProjection";

  public SparseOperation {
    Populations.require(KIND, source, target, connectivity);
    if (weight.dtype() != DType.FLOAT32
        || !weight.shape().equals(Shape.of(connectivity.synapses()))) {
      throw new IllegalArgumentException(
          "%s needs one float32 weight for each of %s, found %s %s"
              .formatted(KIND, connectivity, weight.dtype(), weight.shape()));
    }
    float[] values = weight.floats();
    for (int e = 0; e < values.length; e++) {
      if (!Float.isFinite(values[e])) {
        throw new IllegalArgumentException(
            "%s weight must be finite, found %s at synapse %d".formatted(KIND, values[e], e));
      }
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Populations.outputShape(KIND, source, target, input);
  }
}
