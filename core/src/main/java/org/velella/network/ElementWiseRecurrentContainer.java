package org.velella.network;

import org.velella.layer.ScaleOperation;
import org.velella.module.Module;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A module whose last output is added to its input: {@code y[t] = sub(x[t] + scale * y[t - 1])},
 * with y = 0 before the first step. Of the seed's element-wise functions it has the sum, and with a
 * negative scale the difference.
 *
 * <p>Input and output {@code [N, *]} of one shape. It is a network of its own: inside it are the
 * nodes {@code sub_module} and {@code feedback}. Memories: those of the module under {@code
 * sub_module}, and {@code feedback.previous}, which is {@code scale * y}.
 *
 * @seed activation_based.layer.ElementWiseRecurrentContainer
 */
public final class ElementWiseRecurrentContainer extends NetworkModule {
  /**
   * A container that adds y as it is.
   *
   * @param shape of one step of one sample
   */
  public ElementWiseRecurrentContainer(Module sub, int... shape) {
    this(sub, 1, Shape.of(shape));
  }

  /**
   * A container.
   *
   * @param sub a built-in module, or one of a user's, whose output has the shape of its input; it
   *     is taken as it starts
   * @param scale what y is multiplied by before it is added
   * @param shape of one step of one sample
   * @throws NetworkException if shapes do not fit or the module cannot be part of a network
   */
  public ElementWiseRecurrentContainer(Module sub, float scale, Shape shape) {
    super(network(sub, scale, shape));
  }

  private static Network network(Module sub, float scale, Shape shape) {
    var operation = Networks.operation(sub, shape);
    if (!operation.outputShape(shape).equals(shape)) {
      throw new NetworkException(
          "An ElementWiseRecurrentContainer's module must give the shape that it takes, found %s for %s"
              .formatted(operation.outputShape(shape), shape));
    }
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("sub_module", operation)
        .node("feedback", new ScaleOperation(Tensor.of(Shape.of(1), new float[] {scale})))
        .node("output", new OutputOperation())
        .edge("input", "sub_module")
        .edge("sub_module", "feedback")
        .edge("feedback", "sub_module")
        .edge("sub_module", "output")
        .build();
  }
}
