package org.velella.network;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.layer.LinearOperation;
import org.velella.module.Module;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A module whose last output comes back to it: {@code y[t] = sub(W x[t] + U y[t - 1] + b)}, where
 * {@code [W U]} is the weight {@code [in, in + out]} of the seed's {@code rc} and y is 0 before the
 * first step.
 *
 * <p>Input {@code [N, in]}, output {@code [N, out]}. It is a network of its own: inside it are the
 * nodes {@code rc.feedforward}, {@code rc.recurrent} and {@code sub_module}. {@code W x + b} and
 * {@code U y} are summed separately, each in the order of {@code Linear}, and added. Memories:
 * those of the module under {@code sub_module}, and {@code rc.recurrent.previous}, which is {@code
 * U y}.
 *
 * @seed activation_based.layer.LinearRecurrentContainer
 */
public final class LinearRecurrentContainer extends NetworkModule {
  /**
   * A container.
   *
   * @param sub a built-in module, or one of a user's, from {@code [N, in]} to {@code [N, out]}; it
   *     is taken as it starts
   * @param weight FLOAT {@code [in, in + out]}: columns of x, then of y
   * @param bias FLOAT {@code [in]}, or null
   * @throws NetworkException if shapes do not fit or the module cannot be part of a network
   */
  public LinearRecurrentContainer(Module sub, INDArray weight, INDArray bias) {
    super(network(sub, NdArrays.toTensor(weight), bias == null ? null : NdArrays.toTensor(bias)));
  }

  private static Network network(Module sub, Tensor weight, Tensor bias) {
    if (weight.dtype() != DType.FLOAT32 || weight.shape().rank() != 2) {
      throw new NetworkException(
          "A LinearRecurrentContainer's weight must be FLOAT [in, in + out], found %s %s"
              .formatted(weight.dtype(), weight.shape()));
    }
    int in = weight.shape().dim(0);
    int out = weight.shape().dim(1) - in;
    var operation = Networks.operation(sub, Shape.of(in));
    Shape given = operation.outputShape(Shape.of(in));
    if (!given.equals(Shape.of(Math.max(out, 0)))) {
      throw new NetworkException(
          "A LinearRecurrentContainer's module gives shape %s for %d inputs, but the weight %s is of %d outputs"
              .formatted(given, in, weight.shape(), out));
    }
    return Network.builder()
        .node("input", new InputOperation(Shape.of(in)))
        .node(List.of("rc", "feedforward"), new LinearOperation(columns(weight, 0, in), bias))
        .node(List.of("rc", "recurrent"), new LinearOperation(columns(weight, in, in + out), null))
        .node("sub_module", operation)
        .node("output", new OutputOperation())
        .edge("input", "rc.feedforward")
        .edge("rc.feedforward", "sub_module")
        .edge("sub_module", "rc.recurrent")
        .edge("rc.recurrent", "sub_module")
        .edge("sub_module", "output")
        .build();
  }

  private static Tensor columns(Tensor weight, int from, int to) {
    int rows = weight.shape().dim(0);
    int all = weight.shape().dim(1);
    float[] part = new float[rows * (to - from)];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(weight.floats(), r * all + from, part, r * (to - from), to - from);
    }
    return Tensor.of(Shape.of(rows, to - from), part);
  }
}
