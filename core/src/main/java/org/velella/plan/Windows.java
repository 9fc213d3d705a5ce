package org.velella.plan;

import org.velella.layer.ConvOperation;
import org.velella.layer.PoolOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.tensor.Shape;

/** Convolutions and pools on two axes; one-axis ones get a height of 1. */
public final class Windows {
  private Windows() {}

  static ConvOp conv(String node, ConvOperation conv, Shape in, Shape out, int input, int output) {
    Shape kernel = conv.weight().shape().dropFirst(2);
    return new ConvOp(
        node,
        input,
        output,
        in.dim(0),
        height(in.dropFirst(1), 1),
        width(in.dropFirst(1)),
        out.dim(0),
        height(out.dropFirst(1), 1),
        width(out.dropFirst(1)),
        height(kernel, 1),
        width(kernel),
        height(conv.stride(), 1),
        width(conv.stride()),
        height(conv.padding(), 0),
        width(conv.padding()),
        height(conv.dilation(), 1),
        width(conv.dilation()),
        conv.groups(),
        conv.weight().floats(),
        conv.bias() == null ? null : conv.bias().floats());
  }

  /**
   * The geometry of a convolution that learns, with the weights that it starts from; it has no
   * place in a plan. Of rows that share weights it is that of each.
   */
  public static ConvOp plastic(PlasticOperation conv) {
    int rows = conv.source().rank() - conv.window().stride().rank() - 1;
    Shape source = conv.source().dropFirst(rows);
    Shape target = conv.target().dropFirst(rows);
    Shape kernel = conv.weight().shape().dropFirst(2);
    return new ConvOp(
        conv.kind(),
        0,
        0,
        source.dim(0),
        height(source.dropFirst(1), 1),
        width(source),
        target.dim(0),
        height(target.dropFirst(1), 1),
        width(target),
        height(kernel, 1),
        width(kernel),
        height(conv.window().stride(), 1),
        width(conv.window().stride()),
        height(conv.window().padding(), 0),
        width(conv.window().padding()),
        1,
        1,
        1,
        conv.weight().floats(),
        null);
  }

  static PoolOp pool(String node, PoolOperation pool, Shape in, Shape out, int input, int output) {
    if (in.rank() == pool.kernel().rank()) {
      return pool(node, pool, in.prepend(1), out.prepend(1), input, output);
    }
    return new PoolOp(
        node,
        input,
        output,
        pool.mode(),
        pool.divisor(),
        in.dim(0),
        height(in.dropFirst(1), 1),
        width(in.dropFirst(1)),
        height(out.dropFirst(1), 1),
        width(out.dropFirst(1)),
        height(pool.kernel(), 1),
        width(pool.kernel()),
        height(pool.stride(), 1),
        width(pool.stride()),
        height(pool.padding(), 0),
        width(pool.padding()));
  }

  private static int height(Shape axes, int missing) {
    return axes.rank() == 2 ? axes.dim(0) : missing;
  }

  private static int width(Shape axes) {
    return axes.dim(axes.rank() - 1);
  }
}
