package org.velella.network;

import java.util.Map;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Weights scaled by one number per sample, while they are stored once: {@code y = weight_scale * (W
 * x) + bias}, where {@code W x} is what the operation gives without a bias. That is two roundings
 * of the sum, not one of every weight, so the bits are not those of scaled weights; with a scale of
 * 1 they are those of the operation itself, whatever its bias is.
 */
public final class WeightScaling {
  /** The parameter's name: {@code conv1.weight_scale}. */
  public static final String PARAMETER = "weight_scale";

  private static final String BIAS = "bias";

  private static final NeuronModel MODEL =
      NeuronModel.parse(
          """
          model weight_scaling
            parameter weight_scale = 1, bias = 0
            output y = weight_scale * x + bias
          """);

  private WeightScaling() {}

  /** Whether an operation has weights that can be scaled. */
  public static boolean isPossible(Operation operation) {
    return operation instanceof LinearOperation
        || operation instanceof ConvOperation
        || operation instanceof SparseOperation
        || operation instanceof EqualWeightOperation
        || operation instanceof DelayedSparseOperation;
  }

  /** The path of a node's scale in options and tables. */
  public static String path(Node node) {
    return node.path() + "." + PARAMETER;
  }

  /** What gives {@code W x}. */
  public static Operation withoutBias(Operation operation) {
    if (operation instanceof LinearOperation linear) {
      return new LinearOperation(linear.weight(), null);
    }
    if (operation instanceof ConvOperation conv) {
      return new ConvOperation(
          conv.spatial(),
          conv.weight(),
          null,
          conv.stride(),
          conv.padding(),
          conv.paddingEnd(),
          conv.dilation(),
          conv.groups());
    }
    return operation;
  }

  /** What makes the operation's output of {@code W x}: neurons without a memory. */
  public static NeuronOperation scaling(Operation operation) {
    if (operation instanceof LinearOperation linear && linear.bias() != null) {
      return withBias(linear.bias(), Shape.of(linear.outputs()));
    }
    if (operation instanceof ConvOperation conv && conv.bias() != null) {
      int channels = conv.bias().size();
      return withBias(
          conv.bias(), conv.spatial() == 1 ? Shape.of(channels, 1) : Shape.of(channels, 1, 1));
    }
    return new NeuronOperation(MODEL, Map.of());
  }

  private static NeuronOperation withBias(Tensor bias, Shape shape) {
    double[] values = new double[bias.size()];
    for (int i = 0; i < values.length; i++) {
      // As at the end of every accumulation: -0 becomes +0, and so y is never -0.
      values[i] = bias.floats()[i] + 0.0f;
    }
    return new NeuronOperation(MODEL, Map.of(BIAS, ParameterValue.of(shape, values)));
  }
}
